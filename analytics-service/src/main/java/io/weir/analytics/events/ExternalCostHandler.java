package io.weir.analytics.events;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.weir.analytics.events.KnownEvents.Event;
import io.weir.analytics.ingestion.Chunk;
import io.weir.analytics.ingestion.ChunkHandler;
import io.weir.analytics.ingestion.Rendered;
import io.weir.analytics.ingestion.Rendered.RenderedRow;
import io.weir.analytics.ingestion.RowJson;
import io.weir.clickhouse.TenantQuery;
import io.weir.kafka.TenantHeader;
import io.weir.snapshots.SnapshotJson;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/// External costs as rows: of several events of one identity the first one in the partition. The others, and what is
/// no event of ours, are in `usage_dropped`.
final class ExternalCostHandler implements ChunkHandler {

    static final String TABLE = "external_costs";
    private static final String DROPPED = "usage_dropped";
    private static final Instant YEAR_2000 = Instant.parse("2000-01-01T00:00:00Z");
    private static final Instant YEAR_2100 = Instant.parse("2100-01-01T00:00:00Z");
    private static final DateTimeFormatter MONTH =
            DateTimeFormatter.ofPattern("yyyyMM").withZone(ZoneOffset.UTC);

    private final KnownEvents known;
    private final Counter duplicates;
    private final Counter refused;

    ExternalCostHandler(TenantQuery query, MeterRegistry meters) {
        this.known = new KnownEvents(query);
        this.duplicates = Counter.builder("weir.analytics.events.duplicates")
                .description("external cost events that were sent before, counted once")
                .register(meters);
        this.refused = Counter.builder("weir.analytics.events.refused")
                .description("records of external costs that were malformed or whose header named another tenant")
                .register(meters);
    }

    // Null where the record is none.
    private record Read(
            ConsumerRecord<String, byte[]> source, @Nullable ExternalCost cost) {

        static Read of(ConsumerRecord<String, byte[]> source) {
            try {
                ExternalCost cost = SnapshotJson.read(source.value(), ExternalCost.class);
                boolean own = TenantHeader.read(source.headers()).equals(Optional.of(cost.tenantid()));
                return new Read(source, own ? cost : null);
            } catch (RuntimeException malformed) {
                // Whatever a record holds, it must not stop the others.
                return new Read(source, null);
            }
        }
    }

    @Override
    public List<String> tables() {
        return List.of(TABLE, DROPPED);
    }

    @Override
    public Rendered render(Chunk chunk) {
        List<Read> all = chunk.records().stream().map(Read::of).toList();
        Set<Event> seen = new HashSet<>(known.before(
                chunk,
                all.stream()
                        .map(Read::cost)
                        .filter(cost -> cost != null && cost.id() != null && cost.source() != null)
                        .map(Event::of)
                        .distinct()
                        .toList()));
        List<RenderedRow> rows = new ArrayList<>();
        int repeated = 0;
        int foreign = 0;
        for (Read read : all) {
            RenderedRow row = row(chunk, read);
            if (read.cost() == null || row == null) {
                rows.add(dropped(chunk, read, "malformed_event"));
                foreign++;
            } else if (seen.add(Event.of(read.cost()))) {
                rows.add(row);
            } else {
                rows.add(dropped(chunk, read, "duplicate_event"));
                repeated++;
            }
        }
        int again = repeated;
        int not = foreign;
        return new Rendered(rows, List.of(), () -> {
            duplicates.increment(again);
            refused.increment(not);
        });
    }

    private static @Nullable RenderedRow row(Chunk chunk, Read read) {
        ExternalCost cost = read.cost();
        if (cost == null) {
            return null;
        }
        try {
            return new RowJson()
                    .text("tenant_id", cost.tenantid().toString())
                    .hour("hour", cost.time())
                    .text("event_source", cost.source())
                    .text("event_id", cost.id())
                    .time("event_time", cost.time())
                    .time("received_at", cost.receivedat())
                    .flag("late", cost.late())
                    .amount("amount", cost.data().amountUsd())
                    .text("category", cost.data().category())
                    .text("description", cost.data().description())
                    .textsByKey("tags", cost.data().tags())
                    .origin(chunk, read.source().offset())
                    .row(TABLE, MONTH.format(cost.time()), read.source().offset());
        } catch (RuntimeException incomplete) {
            return null;
        }
    }

    private static RenderedRow dropped(Chunk chunk, Read read, String reason) {
        // A producer may stamp any time; the row must have one that fits.
        Instant stamped = Instant.ofEpochMilli(
                Math.clamp(read.source().timestamp(), YEAR_2000.toEpochMilli(), YEAR_2100.toEpochMilli() - 1));
        ExternalCost cost = read.cost();
        return new RowJson()
                .hour("hour", stamped)
                .text("reason", reason)
                .text("detail", "external cost")
                .textOrNull("tenant_id", cost == null ? null : cost.tenantid().toString())
                .textOrNull("event_id", cost == null ? null : cost.id())
                .origin(chunk, read.source().offset())
                .row(DROPPED, MONTH.format(stamped), read.source().offset());
    }

    @Override
    public void resumed(String log, int partition, String memory, boolean first) {
        // Nothing is remembered.
    }

    @Override
    public void assigned(List<Integer> partitions) {
        // Nobody waits for external costs.
    }

    @Override
    public void caughtUp(List<Integer> partitions) {
        // Nobody waits for external costs.
    }
}
