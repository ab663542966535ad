package io.weir.analytics;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.tenancy.TenantId;
import io.weir.testing.Eventually;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;

/// Numbers are the ledger's, not an instance's.
@Tag("infra")
@SuppressWarnings("NullAway.Init")
class CostStreamInstancesIT {

    @TempDir
    static Path directory;

    static RunningAnalytics analytics;
    static LedgerEvents ledger;
    static CostChecks checks;

    @BeforeAll
    static void start() throws Exception {
        analytics = new RunningAnalytics(directory);
        ledger = new LedgerEvents(analytics.kafka(), 3).createTopic(analytics.kafka());
        checks = new CostChecks(analytics, ledger);
    }

    @AfterAll
    static void stop() {
        ledger.close();
        analytics.close();
    }

    @Test
    void twoInstancesGiveEachRequestTheSameNumberAndAResumeWorksOnEither() throws Exception {
        TenantId tenant = RunningAnalytics.tenant();
        try (ConfigurableApplicationContext second = analytics.another()) {
            CostSocket here = CostSocket.open(analytics, analytics.port(), tenant);
            CostSocket there = CostSocket.open(analytics, RunningAnalytics.port(second), tenant);
            checks.write(tenant, RunningAnalytics.tenant(), 200);
            here.until(200);
            there.until(200);
            assertThat(CostChecks.numbers(here)).hasSize(200).isEqualTo(CostChecks.numbers(there));
            here.abort();
            checks.write(tenant, RunningAnalytics.tenant(), 50);
            CostSocket resumed = CostSocket.resume(analytics, RunningAnalytics.port(second), tenant, here);
            resumed.until(250);
            assertThat(resumed.frames().getFirst().path("from_seq").asLong()).isEqualTo(201);
            checks.assertAgree(tenant, 250, List.of(there.until(250), resumed));
            there.close();
            resumed.close();
        } finally {
            // Instances of one process share threads, and the one that ends takes them along.
            analytics.stop();
            analytics.start();
        }
    }

    @Test
    void aRestartedInstanceGoesOnWithTheSameNumbers() throws Exception {
        TenantId tenant = RunningAnalytics.tenant();
        CostSocket before = CostSocket.open(analytics, analytics.port(), tenant);
        checks.write(tenant, RunningAnalytics.tenant(), 100);
        before.until(100);
        Map<String, Long> numbers = CostChecks.numbers(before);
        analytics.stop();
        Eventually.passes(CostChecks.LIMIT, () -> assertThat(before.closeCode()).isEqualTo(4012));
        assertThat(before.frames().getLast().path("reason").asString()).isEqualTo("draining");
        checks.write(tenant, RunningAnalytics.tenant(), 30);
        analytics.start();

        CostSocket resumed = CostSocket.resume(analytics, analytics.port(), tenant, before);
        resumed.until(130);
        CostSocket fromTheBeginning = checks.resumeFromZero(tenant);
        fromTheBeginning.until(130);
        Map<String, Long> again = CostChecks.numbers(fromTheBeginning);
        numbers.forEach((request, number) -> assertThat(again).containsEntry(request, number));
        checks.assertAgree(tenant, 130, List.of(resumed, fromTheBeginning));
        resumed.close();
        fromTheBeginning.close();
    }

    @Test
    void whatWasStoredBeforeThereWereNumbersIsNumberedAlike() throws Exception {
        TenantId tenant = RunningAnalytics.tenant();
        checks.write(tenant, RunningAnalytics.tenant(), 140);
        Eventually.passes(
                CostChecks.LIMIT, () -> assertThat(checks.rows(tenant)).isEqualTo(142));
        String all = "SELECT concat(request_id, kind, toString(seq), toString(counted), toString(cost), model,"
                + " toString(kafka_offset)) AS s FROM usage_outcomes FINAL WHERE tenant_id = '" + tenant
                + "' ORDER BY s";
        List<String> before = analytics.texts(all);
        analytics.stop();
        analytics.texts("DROP TABLE usage_outcomes");
        analytics.texts("ALTER TABLE schema_migrations DELETE WHERE name LIKE 'V003%' SETTINGS mutations_sync = 1");
        analytics.start();
        Eventually.passes(
                CostChecks.LIMIT, () -> assertThat(analytics.texts(all)).isEqualTo(before));
        checks.write(tenant, RunningAnalytics.tenant(), 10);
        CostSocket socket = checks.resumeFromZero(tenant);
        socket.until(150);
        checks.assertAgree(tenant, 150, List.of(socket));
        socket.close();
    }
}
