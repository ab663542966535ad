package io.weir.analytics.ingestion;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.clickhouse.ClickHouse;
import io.weir.clickhouse.ClickHouseProperties;
import io.weir.clickhouse.TenantQuery;
import io.weir.tenancy.ExecutionScope.ForPlatform;
import io.weir.testing.EventLoops;
import io.weir.testing.Eventually;
import io.weir.testing.Infrastructure;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("infra")
class RetentionIT {

    static {
        // Before threads wait that a later class of this JVM would have guarded under their hands.
        EventLoops.guard();
    }

    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final ClickHouse clickHouse = new ClickHouse(new ClickHouseProperties(
            Infrastructure.clickhouse().url(),
            Infrastructure.freshName("retention"),
            Infrastructure.clickhouse().user(),
            Infrastructure.clickhouse().password(),
            2,
            LIMIT,
            LIMIT,
            LIMIT));

    @AfterEach
    void drop() {
        texts("DROP DATABASE " + clickHouse.properties().database());
        clickHouse.close();
    }

    @Test
    void meteringRowsAreKeptAsLongAsSetAndNotLonger() {
        migrate(RetentionProperties.DEFAULTS);
        assertThat(ttl("usage_requests")).containsExactly("hour + toIntervalMonth(25)");
        assertThat(ttl("usage_holds")).containsExactly("hour + toIntervalDay(90)");
        for (int months : new int[] {1, 12, 13, 40}) {
            texts("INSERT INTO usage_attempts (tenant_id, hour, event_id) SELECT generateUUIDv4(),"
                    + " toStartOfHour(now() - INTERVAL " + months + " MONTH) + INTERVAL 1 HOUR, '" + months + "'");
        }
        migrate(new RetentionProperties(13, 40, 3));
        assertThat(ttl("usage_requests")).containsExactly("hour + toIntervalMonth(13)");
        assertThat(ttl("usage_attempts")).containsExactly("hour + toIntervalMonth(13)");
        assertThat(ttl("external_costs")).containsExactly("hour + toIntervalMonth(13)");
        assertThat(ttl("usage_dropped")).containsExactly("hour + toIntervalMonth(13)");
        assertThat(ttl("usage_holds")).containsExactly("hour + toIntervalDay(40)");
        assertThat(ttl("access_records")).containsExactly("hour + toIntervalDay(3)");
        assertThat(ttl("usage_outcomes")).containsExactly("");
        assertThat(ttl("sealed_hours")).containsExactly("");
        Eventually.passes(LIMIT, () -> {
            texts("OPTIMIZE TABLE usage_attempts FINAL");
            assertThat(texts("SELECT event_id AS s FROM usage_attempts ORDER BY s"))
                    .containsExactly("1", "12", "13");
        });
    }

    private void migrate(RetentionProperties retention) {
        Schema schema = new Schema(clickHouse, retention);
        schema.start();
        Eventually.passes(LIMIT, () -> assertThat(schema.isReady()).isTrue());
        schema.stop();
    }

    private List<String> ttl(String table) {
        return texts("SELECT extract(engine_full, 'TTL (.*?) SETTINGS') AS s FROM system.tables"
                + " WHERE database = currentDatabase() AND name = '" + table + "'");
    }

    private List<String> texts(String sql) {
        return Objects.requireNonNull(new TenantQuery(clickHouse)
                .acrossTenants(new ForPlatform("test"), sql, Map.of(), row -> row.text("s"))
                .block(LIMIT));
    }
}
