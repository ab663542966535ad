package io.weir.analytics.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.analytics.health.HealthFigures.Calls;
import io.weir.analytics.ingestion.RetentionProperties;
import io.weir.analytics.ingestion.Schema;
import io.weir.clickhouse.Block;
import io.weir.clickhouse.BlockWriter;
import io.weir.clickhouse.ClickHouse;
import io.weir.clickhouse.ClickHouseProperties;
import io.weir.clickhouse.TenantQuery;
import io.weir.money.Amount;
import io.weir.snapshots.SnapshotJson;
import io.weir.tenancy.Placement;
import io.weir.tenancy.TenantContext;
import io.weir.tenancy.TenantId;
import io.weir.testing.EventLoops;
import io.weir.testing.Eventually;
import io.weir.testing.Infrastructure;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Two tenants, one of which has trouble of every kind.
@Tag("infra")
class HealthFiguresIT {

    static {
        EventLoops.guard();
    }

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static Instant now = Instant.EPOCH;
    private static final TenantContext WELL = tenant();
    private static final TenantContext SICK = tenant();

    private static final ClickHouse CLICKHOUSE = new ClickHouse(new ClickHouseProperties(
            Infrastructure.clickhouse().url(),
            Infrastructure.freshName("health"),
            Infrastructure.clickhouse().user(),
            Infrastructure.clickhouse().password(),
            4,
            LIMIT,
            LIMIT,
            LIMIT));
    private static final BlockWriter WRITER = new BlockWriter(CLICKHOUSE);

    private final HealthFigures figures = new HealthFigures(new TenantQuery(CLICKHOUSE));

    @BeforeAll
    static void rows() {
        now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        Schema schema = new Schema(CLICKHOUSE, RetentionProperties.DEFAULTS);
        schema.start();
        Eventually.passes(LIMIT, () -> assertThat(schema.isReady()).isTrue());
        for (int n = 0; n < 5; n++) {
            call(WELL, "well-" + n, 200, 110, null);
            call(SICK, "sick-" + n, n == 0 ? 502 : 200, 600, null);
        }
        call(SICK, "left", 499, 50, null);
        call(SICK, "over", 429, 100, "insufficient_quota");
        call(SICK, "long ago", 502, 100, null, now.minus(Duration.ofHours(3)));
    }

    @Test
    void aTenantSeesItsOwnCallsAndNoOthers() {
        assertThat(figures.calls(WELL, from()).block(LIMIT)).isEqualTo(new Calls(WELL.id(), 5, 0, 5, 10, 0));
        assertThat(figures.calls(SICK, from()).block(LIMIT)).isEqualTo(new Calls(SICK.id(), 6, 1, 4, 500, 1));
        assertThat(figures.spent(WELL, from()).block(LIMIT)).isEqualTo(Amount.of("2.5"));
    }

    @Test
    void operatorsSeeTheSameOfAll() {
        assertThat(figures.calls(from()).block(LIMIT))
                .containsExactlyInAnyOrder(new Calls(WELL.id(), 5, 0, 5, 10, 0), new Calls(SICK.id(), 6, 1, 4, 500, 1));
        assertThat(figures.spent(now.minus(Duration.ofHours(4))).block(LIMIT))
                .containsEntry(WELL.id(), Amount.of("2.5"))
                .containsEntry(SICK.id(), Amount.of("4"));
    }

    @Test
    void whoMadeNoCallHasNone() {
        TenantContext quiet = tenant();
        assertThat(figures.calls(quiet, from()).block(LIMIT)).isEqualTo(new Calls(quiet.id(), 0, 0, 0, 0, 0));
        assertThat(figures.spent(quiet, from()).block(LIMIT)).isEqualTo(Amount.ZERO);
    }

    private static Instant from() {
        return now.minus(Duration.ofHours(1));
    }

    private static TenantContext tenant() {
        return new TenantContext(new TenantId(UUID.randomUUID()), "growth", Placement.POOL, "local");
    }

    private static void call(TenantContext tenant, String id, int status, long millis, @Nullable String why) {
        call(tenant, id, status, millis, why, now.minus(Duration.ofMinutes(1)));
    }

    private static void call(
            TenantContext tenant, String id, int status, long millis, @Nullable String why, Instant time) {
        Map<String, Object> access = row(tenant, id, time);
        access.put("route_class", "inference");
        access.put("status", status);
        access.put("latency_ms", millis);
        access.put("reason", why);
        write("access_records", access);
        Map<String, Object> attempt = row(tenant, id, time);
        attempt.put("attempt", 1);
        attempt.put("latency_ms", 100);
        write("usage_attempts", attempt);
        Map<String, Object> request = row(tenant, id, time);
        request.put("cost", "0.5");
        write("usage_requests", request);
    }

    private static Map<String, Object> row(TenantContext tenant, String id, Instant time) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("tenant_id", tenant.id().toString());
        row.put("hour", time.truncatedTo(ChronoUnit.HOURS).toString());
        row.put("event_id", id);
        row.put("event_time", time.toString());
        row.put("request_id", id);
        return row;
    }

    private static void write(String table, Map<String, Object> row) {
        String token = table + row.get("event_id");
        WRITER.write(new Block(table, SnapshotJson.write(row), 1, token)).block(LIMIT);
    }
}
