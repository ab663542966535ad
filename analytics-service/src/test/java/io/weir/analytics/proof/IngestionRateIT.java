package io.weir.analytics.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.analytics.proof.IngestionRate.Result;
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
import org.junit.jupiter.api.io.TempDir;

/// The measurement in small: that it measures, not how much.
@Tag("infra")
class IngestionRateIT {

    static {
        EventLoops.guard();
    }

    @Test
    void whatIsInTheLedgerIsCountedUntilAllOfItIsStored(@TempDir Path directory) throws Exception {
        Infrastructure.ClickHouse server = Infrastructure.clickhouse();
        Ground ground = new Ground(
                Infrastructure.kafka(),
                Infrastructure.freshName("rate") + ".",
                server.url(),
                Infrastructure.freshName("rate"),
                server.user(),
                server.password(),
                directory.resolve("core"));
        try {
            Result result = new IngestionRate(ground, 1, Duration.ofSeconds(60), 20, line -> {}).run();
            assertThat(result.whole()).as("%s", result).isTrue();
            assertThat(result.exact()).as("%s", result).isTrue();
            assertThat(result.events()).isGreaterThanOrEqualTo(1_200).isEqualTo(result.stored());
            assertThat(result.eventsPerSecond()).isPositive();
            assertThat(result.coreCpuSeconds()).isPositive();
            assertThat(result.lag()).isNotEmpty();
            assertThat(result.lag().getFirst().lag()).isEqualTo(result.events());
        } finally {
            try (ClickHouse clickHouse = ground.clickHouse()) {
                new TenantQuery(clickHouse)
                        .acrossTenants(
                                new ForPlatform("test"), "DROP DATABASE " + ground.database(), Map.of(), row -> row)
                        .block(Duration.ofSeconds(30));
            }
        }
    }
}
