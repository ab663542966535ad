package io.weir.analytics.metering;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.weir.analytics.ingestion.Chunk;
import io.weir.analytics.ingestion.ChunkHandler;
import io.weir.analytics.ingestion.Rendered;
import io.weir.analytics.ingestion.Rendered.Refused;
import io.weir.analytics.ingestion.Rendered.RenderedRow;
import io.weir.clickhouse.TenantQuery;
import io.weir.kafka.TenantHeader;
import io.weir.ledger.LedgerCodec;
import io.weir.ledger.MalformedUsageException;
import io.weir.ledger.UsageEvent.Held;
import io.weir.ledger.UsageEvent.OfRequest;
import io.weir.ledger.UsageEvent.Released;
import io.weir.ledger.UsageEvent.Settled;
import io.weir.ledger.UsageEvent.Tick;
import io.weir.ledger.UsageRecord;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/// The usage ledger as rows. A record that cannot be one is refused with its reason and never stops the others.
public final class UsageHandler implements ChunkHandler {

    private static final int LONGEST_DETAIL = 500;
    private static final long YEAR_2000 = Instant.parse("2000-01-01T00:00:00Z").toEpochMilli();
    private static final long YEAR_2100 = Instant.parse("2100-01-01T00:00:00Z").toEpochMilli();

    private final KnownSettlements known;
    private final UsageListener listener;
    private final IngestionTrace trace;
    private final Counter duplicates;

    public UsageHandler(TenantQuery query, UsageListener listener, IngestionTrace trace, MeterRegistry meters) {
        this.known = new KnownSettlements(query);
        this.listener = listener;
        this.trace = trace;
        this.duplicates = Counter.builder("weir.analytics.ingestion.duplicates")
                .description("settlements dropped because their request was settled before")
                .register(meters);
    }

    @Override
    public List<String> tables() {
        return UsageRows.TABLES;
    }

    @Override
    public Rendered render(Chunk chunk) {
        List<Read> all = chunk.records().stream().map(UsageHandler::read).toList();
        List<String> settled = all.stream()
                .filter(one -> one.usage() != null && one.usage().data() instanceof Settled)
                .map(one -> ((Settled) one.usage().data()).requestId())
                .distinct()
                .toList();
        Rendering rendering = new Rendering(chunk, known.before(chunk, settled));
        all.forEach(rendering::add);
        return new Rendered(rendering.rows, rendering.refused, rendering::tell);
    }

    @Override
    public void assigned(List<Integer> partitions) {
        listener.assigned(partitions);
    }

    @Override
    public void caughtUp(List<Integer> partitions) {
        listener.caughtUp(partitions);
    }

    /// Either an event, or why it is none.
    private record Read(
            ConsumerRecord<String, byte[]> source, @Nullable UsageRecord usage, String reason, String detail) {}

    private static Read read(ConsumerRecord<String, byte[]> source) {
        if (source.value() == null) {
            return new Read(source, null, "malformed", "no value");
        }
        try {
            UsageRecord usage = LedgerCodec.read(source.value());
            return usage.data() instanceof OfRequest event && !sameTenant(source, event)
                    ? new Read(source, null, "tenant_mismatch", "header tenant-id and payload differ")
                    : new Read(source, usage, "", "");
        } catch (MalformedUsageException malformed) {
            return new Read(source, null, "malformed", detail(malformed));
        }
    }

    private static boolean sameTenant(ConsumerRecord<String, byte[]> source, OfRequest event) {
        return TenantHeader.read(source.headers()).equals(Optional.ofNullable(event.tenantId()));
    }

    private static String detail(Exception failure) {
        String text = String.valueOf(failure.getMessage());
        return text.length() > LONGEST_DETAIL ? text.substring(0, LONGEST_DETAIL) : text;
    }

    private final class Rendering {

        private final Chunk chunk;
        private final Set<KnownSettlements.Request> settledBefore;
        private final List<RenderedRow> rows = new ArrayList<>();
        private final List<Refused> refused = new ArrayList<>();
        private final List<Read> accepted = new ArrayList<>();
        private final List<UsageRecord> dropped = new ArrayList<>();

        Rendering(Chunk chunk, Set<KnownSettlements.Request> settledBefore) {
            this.chunk = chunk;
            this.settledBefore = new HashSet<>(settledBefore);
        }

        void add(Read read) {
            UsageRecord usage = read.usage();
            if (usage == null) {
                refuse(read.source(), read.reason(), read.detail());
                return;
            }
            try {
                rows.addAll(rows(read, usage));
            } catch (RuntimeException incomplete) {
                // Whatever a payload holds, it must not stop the partition.
                refuse(read.source(), "malformed", detail(incomplete));
            }
        }

        private List<RenderedRow> rows(Read read, UsageRecord usage) {
            long offset = read.source().offset();
            List<RenderedRow> made = switch (usage.data()) {
                case Held held -> List.of(UsageRows.held(chunk, offset, usage, held));
                case Released released -> List.of(UsageRows.released(chunk, offset, usage, released));
                case Tick tick -> List.of();
                case Settled settled -> UsageRows.settled(chunk, offset, usage, settled);
            };
            if (usage.data() instanceof Settled settled && !isFirst(settled)) {
                dropped.add(usage);
                return List.of(UsageRows.dropped(
                        chunk, offset, time(read.source()), "duplicate_settlement", "settled before", usage));
            }
            accepted.add(read);
            return made;
        }

        private boolean isFirst(Settled settled) {
            return settledBefore.add(new KnownSettlements.Request(settled.tenantId(), settled.requestId()));
        }

        void tell() {
            duplicates.increment(dropped.size());
            dropped.forEach(usage -> listener.dropped(chunk.partition(), usage));
            for (Read read : accepted) {
                UsageRecord usage = Objects.requireNonNull(read.usage());
                listener.stored(chunk.partition(), usage);
                trace.ingested(read.source(), usage);
            }
        }

        private void refuse(ConsumerRecord<String, byte[]> source, String reason, String detail) {
            refused.add(new Refused(source, reason, detail));
            String readable = detail.codePoints()
                    .filter(point -> point >= ' ' && !(point >= 0xD800 && point <= 0xDFFF))
                    .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                    .toString();
            rows.add(UsageRows.dropped(chunk, source.offset(), time(source), reason, readable, null));
        }

        private static Instant time(ConsumerRecord<String, byte[]> source) {
            // A producer may stamp any time; the row must have one that fits.
            return Instant.ofEpochMilli(Math.clamp(source.timestamp(), YEAR_2000, YEAR_2100 - 1));
        }
    }
}
