package io.weir.analytics;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.tenancy.TenantId;
import io.weir.testing.Eventually;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

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
        analytics.stop();
        analytics.with("weir.analytics.stream.checkpoint", "1s").start();
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
    void checkpointsAreWhatTheLedgerAndClickHouseSayOnEveryInstance() throws Exception {
        TenantId tenant = RunningAnalytics.tenant();
        try (ConfigurableApplicationContext second = analytics.another()) {
            CostSocket here = CostSocket.open(analytics, analytics.port(), tenant);
            CostSocket there = CostSocket.open(analytics, RunningAnalytics.port(second), tenant);
            checks.write(tenant, RunningAnalytics.tenant(), 300);
            here.until(300);
            there.until(300);
            for (CostSocket socket : List.of(here, there)) {
                Eventually.passes(
                        CostChecks.LIMIT,
                        () -> assertThat(checkpoint(socket).path("verified_seq").asLong())
                                .isEqualTo(300));
                JsonNode checkpoint = checkpoint(socket);
                LedgerSums ledgers = LedgerSums.of(analytics.kafka(), tenant);
                assertThat(checkpoint.path("seq").asLong()).isEqualTo(ledgers.outcomes());
                assertThat(checkpoint.path("requests").asLong()).isEqualTo(ledgers.settled());
                assertThat(new BigDecimal(checkpoint.path("cost_usd").asString()))
                        .isEqualByComparingTo(ledgers.cost());
            }
            // Each checkpoint on the way was compared by the sockets with what they had added up.
            checks.assertAgree(tenant, 300, List.of(here, there));
            here.close();
            there.close();
        } finally {
            analytics.stop();
            analytics.start();
        }
    }

    @Test
    void totalsThatClickHouseDeniesAreAnAlarmAndAreBegunAnew() throws Exception {
        TenantId tenant = RunningAnalytics.tenant();
        CostSocket socket = CostSocket.open(analytics, analytics.port(), tenant);
        checks.write(tenant, RunningAnalytics.tenant(), 20);
        socket.until(20);
        Eventually.passes(
                CostChecks.LIMIT, () -> assertThat(checks.rows(tenant)).isEqualTo(20));
        analytics.texts("ALTER TABLE usage_outcomes DELETE WHERE tenant_id = '" + tenant
                + "' AND seq = 5 SETTINGS mutations_sync = 1");
        checks.write(tenant, RunningAnalytics.tenant(), 1);
        Eventually.passes(CostChecks.LIMIT, () -> assertThat(socket.closeCode()).isEqualTo(4012));
        assertThat(analytics.counted("weir.analytics.stream.diverged")).isEqualTo(1);
        CostSocket anew = CostSocket.open(analytics, analytics.port(), tenant).until(21);
        assertThat(anew.requests()).isEqualTo(socket.requests() - 1);
        anew.close();
    }

    private static JsonNode checkpoint(CostSocket socket) {
        return socket.frames().stream()
                .filter(frame -> CostSocket.is(frame, "checkpoint"))
                .reduce((one, later) -> later)
                .orElseGet(MissingNode::getInstance);
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
