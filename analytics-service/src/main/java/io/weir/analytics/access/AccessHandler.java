package io.weir.analytics.access;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.weir.analytics.ingestion.Chunk;
import io.weir.analytics.ingestion.ChunkHandler;
import io.weir.analytics.ingestion.Rendered;
import io.weir.analytics.ingestion.Rendered.RenderedRow;
import io.weir.analytics.ingestion.RowJson;
import io.weir.kafka.TenantHeader;
import io.weir.tenancy.TenantId;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Access records as rows. One that cannot be read, or whose header names another tenant, is left out and counted:
/// these are for looking at, not for billing.
public final class AccessHandler implements ChunkHandler {

    private static final String TABLE = "access_records";
    // Calls that were refused before their tenant was known.
    private static final String NOBODY = "00000000-0000-0000-0000-000000000000";
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final DateTimeFormatter DAY =
            DateTimeFormatter.ofPattern("yyyyMMdd").withZone(ZoneOffset.UTC);

    private final Counter refused;

    public AccessHandler(MeterRegistry meters) {
        this.refused = Counter.builder("weir.analytics.access.refused")
                .description("access records that were malformed or whose header named another tenant")
                .register(meters);
    }

    @Override
    public List<String> tables() {
        return List.of(TABLE);
    }

    @Override
    public Rendered render(Chunk chunk) {
        List<RenderedRow> rows = new ArrayList<>();
        int left = 0;
        for (ConsumerRecord<String, byte[]> record : chunk.records()) {
            try {
                rows.add(row(chunk, record));
            } catch (RuntimeException malformed) {
                // Whatever a record holds, it must not stop the others.
                left++;
            }
        }
        int count = left;
        return new Rendered(rows, List.of(), () -> refused.increment(count));
    }

    @Override
    public void resumed(String log, int partition, String memory, boolean first) {
        // Nothing is remembered.
    }

    @Override
    public void assigned(List<Integer> partitions) {
        // Nobody waits for access records.
    }

    @Override
    public void caughtUp(List<Integer> partitions) {
        // Nobody waits for access records.
    }

    private static RenderedRow row(Chunk chunk, ConsumerRecord<String, byte[]> record) {
        JsonNode event = JSON.readTree(record.value());
        JsonNode data = event.path("data");
        Instant time = Instant.parse(event.path("time").asString(""));
        String requestId = data.path("requestId").asString(event.path("id").asString());
        return new RowJson()
                .text("tenant_id", tenant(record, event))
                .hour("hour", time)
                .text("event_id", event.path("id").asString())
                .time("event_time", time)
                .text("request_id", requestId)
                .textOrNull("key_id", textOrNull(data.path("keyId")))
                .text(
                        "route_class",
                        data.path("route").asString(data.path("routeClass").asString("")))
                .text("method", data.path("method").asString(""))
                .number("status", data.path("status").asInt())
                .number("latency_ms", data.path("latencyMs").asLong())
                .textOrNull("reason", textOrNull(data.path("reason")))
                .origin(chunk, record.offset())
                .row(TABLE, DAY.format(time), record.offset());
    }

    private static String tenant(ConsumerRecord<String, byte[]> record, JsonNode event) {
        String named = textOrNull(event.path("tenantid"));
        Optional<TenantId> stamped = TenantHeader.read(record.headers());
        if (named == null && stamped.isEmpty()) {
            return NOBODY;
        }
        if (named == null || !stamped.equals(Optional.of(TenantId.of(named)))) {
            throw new IllegalArgumentException("header tenant-id and payload differ");
        }
        return named;
    }

    private static @Nullable String textOrNull(JsonNode value) {
        return value.isString() ? value.asString() : null;
    }
}
