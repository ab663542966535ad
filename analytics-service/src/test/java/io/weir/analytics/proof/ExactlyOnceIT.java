package io.weir.analytics.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.analytics.proof.Comparison.Found;
import io.weir.analytics.proof.ExactlyOnce.Result;
import io.weir.clickhouse.ClickHouse;
import io.weir.clickhouse.TenantQuery;
import io.weir.tenancy.ExecutionScope.ForPlatform;
import io.weir.testing.EventLoops;
import io.weir.testing.Infrastructure;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The proof with ten kills, and that its comparison would see what it must see.
@Tag("infra")
@Timeout(600)
class ExactlyOnceIT {

    static {
        // Before threads wait that a later class of this JVM would have guarded under their hands.
        EventLoops.guard();
    }

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int KILLS = 10;

    @Test
    void tenKillsNeitherLoseNorRepeatARowAndTheComparisonSeesWhatIsMadeWrong(@TempDir Path directory) throws Exception {
        Infrastructure.ClickHouse server = Infrastructure.clickhouse();
        Ground ground = new Ground(
                Infrastructure.kafka(),
                Infrastructure.freshName("exactly") + ".",
                server.url(),
                Infrastructure.freshName("exactly"),
                server.user(),
                server.password(),
                directory.resolve("core"));
        try {
            Result result = new ExactlyOnce(ground, 1, KILLS, line -> {}).run();
            assertThat(result.found().equal()).as("%s", result).isTrue();
            assertThat(result.byStep().values().stream()
                            .mapToInt(Integer::intValue)
                            .sum())
                    .isEqualTo(KILLS);
            assertThat(result.proven()).isTrue();
            assertThat(result.byStep()).containsOnlyKeys(Death.values());
            assertThat(result.found().records()).isGreaterThan(500);
            assertThat(result.found().clickHouse()).isEqualTo(result.found().kafka());
            theComparisonSeesWhatIsMadeWrong(ground);
        } finally {
            statement(ground, "DROP DATABASE IF EXISTS " + ground.database());
        }
    }

    private static void theComparisonSeesWhatIsMadeWrong(Ground ground) {
        statement(
                ground,
                "INSERT INTO usage_attempts SELECT * REPLACE ('control' AS event_source) FROM usage_attempts LIMIT 1");
        Found doubled = compared(ground);
        assertThat(doubled.doubled()).isOne();
        assertThat(doubled.equal()).isFalse();

        statement(
                ground,
                "ALTER TABLE usage_holds DELETE WHERE kafka_partition = 0 AND kafka_offset ="
                        + " (SELECT min(kafka_offset) FROM usage_holds WHERE kafka_partition = 0)"
                        + " SETTINGS mutations_sync = 1");
        Found missing = compared(ground);
        assertThat(missing.missing()).isOne();
        assertThat(missing.equal()).isFalse();
    }

    private static Found compared(Ground ground) {
        try (ClickHouse clickHouse = ground.clickHouse()) {
            return new Comparison(ground, new TenantQuery(clickHouse)).compare();
        }
    }

    private static void statement(Ground ground, String sql) {
        try (ClickHouse clickHouse = ground.clickHouse()) {
            new TenantQuery(clickHouse)
                    .acrossTenants(new ForPlatform("test"), sql, Map.of(), row -> row)
                    .block(LIMIT);
        }
    }
}
