package io.weir.orchestration;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.ledger.UsageEvent.Held;
import io.weir.ledger.UsageEvent.Settled;
import io.weir.orchestration.Client.Answer;
import io.weir.orchestration.Ledger.Entry;
import io.weir.snapshots.catalog.TenantSnapshot;
import io.weir.testing.Eventually;
import io.weir.testing.Infrastructure;
import io.weir.testing.PrivateKafka;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BrokerOutageIT {

    @Test
    void callsRunOnWithoutTheBrokerAndAreThereOnceItIsBack(@TempDir Path directory) throws Exception {
        try (PrivateKafka kafka = Infrastructure.privateKafka(directory);
                Mesh mesh = Mesh.startOn(kafka.bootstrap())) {
            TenantSnapshot tenant = mesh.tenant();
            Client client = mesh.client(tenant);
            assertThat(client.chat(Client.hello(Mesh.MODEL)).status()).isEqualTo(200);
            mesh.ledger().await(tenant.tenantId(), 2);
            mesh.provider().behave("{\"latencyMs\": 1500, \"chunkDelayMs\": 50}");
            CompletableFuture<List<String>> stream =
                    CompletableFuture.supplyAsync(() -> client.lines(Client.streaming("")));
            mesh.ledger().await(tenant.tenantId(), 3);
            kafka.kill();

            for (int i = 0; i < 3; i++) {
                Answer answer = client.chat(Client.hello(Mesh.MODEL));
                assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
            }
            assertThat(stream.get(10, TimeUnit.SECONDS)).contains("data: [DONE]");
            mesh.provider().behaveWell();

            kafka.start();
            Eventually.passes(
                    Duration.ofSeconds(20),
                    () -> assertThat(mesh.ledger().of(tenant.tenantId())).hasSize(10));
            assertEveryHoldResolvedOnce(mesh, tenant);
            assertNoGap(mesh.ledger().entries());
            assertThat(mesh.provider().ledger().path("requests").asInt()).isEqualTo(5);
        }
    }

    @Test
    void withoutADurableVolumeNewCallsAreRefusedAndRunningOnesComplete(@TempDir Path directory) throws Exception {
        try (PrivateKafka kafka = Infrastructure.privateKafka(directory);
                Mesh mesh = Mesh.startOn(kafka.bootstrap(), "weir.ledger.file.durable=false")) {
            TenantSnapshot tenant = mesh.tenant();
            Client client = mesh.client(tenant);
            assertThat(client.chat(Client.hello(Mesh.MODEL)).status()).isEqualTo(200);

            mesh.provider().behave("{\"latencyMs\": 3000, \"chunkDelayMs\": 50}");
            CompletableFuture<Answer> plain =
                    CompletableFuture.supplyAsync(() -> client.chat(Client.hello(Mesh.MODEL)));
            CompletableFuture<List<String>> stream =
                    CompletableFuture.supplyAsync(() -> client.lines(Client.streaming("")));
            mesh.ledger().await(tenant.tenantId(), 4);
            kafka.kill();

            for (int i = 0; i < 3; i++) {
                assertRefused(client);
            }
            assertThat(plain.get(30, TimeUnit.SECONDS).status()).isEqualTo(200);
            assertThat(stream.get(30, TimeUnit.SECONDS)).contains("data: [DONE]");
            assertThat(mesh.provider().ledger().path("requests").asInt()).isEqualTo(3);
            mesh.provider().behaveWell();

            kafka.start();
            Eventually.passes(
                    Duration.ofSeconds(10),
                    () -> assertThat(client.chat(Client.hello(Mesh.MODEL)).status())
                            .isEqualTo(200));
            assertThat(settlements(mesh, tenant)).isEqualTo(4);
            assertEveryHoldResolvedOnce(mesh, tenant);
            assertNoGap(mesh.ledger().entries());
            assertThat(mesh.provider().ledger().path("requests").asInt()).isEqualTo(4);
        }
    }

    private static void assertRefused(Client client) {
        long asked = System.nanoTime();
        Answer refused = client.chat(Client.hello(Mesh.MODEL));
        assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - asked)).isLessThan(2_000);
        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.error().path("code").asString()).isEqualTo("ledger_unavailable");
        assertThat(refused.header("x-should-retry")).isEqualTo("true");
    }

    private static long settlements(Mesh mesh, TenantSnapshot tenant) {
        return mesh.ledger().of(tenant.tenantId()).stream()
                .filter(Settled.class::isInstance)
                .count();
    }

    @Test
    void aFullFileRefusesNewCallsUntilTheBrokerIsBack(@TempDir Path directory) {
        try (PrivateKafka kafka = Infrastructure.privateKafka(directory);
                Mesh mesh = Mesh.startOn(kafka.bootstrap(), "weir.ledger.file.max-bytes=64KB")) {
            TenantSnapshot tenant = mesh.tenant();
            Client client = mesh.client(tenant);
            assertThat(client.chat(Client.hello(Mesh.MODEL)).status()).isEqualTo(200);
            kafka.kill();
            int answered = 0;
            Answer last = client.chat(Client.hello(Mesh.MODEL));
            while (last.status() == 200 && answered < 100) {
                answered++;
                last = client.chat(Client.hello(Mesh.MODEL));
            }
            assertThat(answered).isBetween(10, 60);
            assertRefused(client);
            kafka.start();
            Eventually.passes(
                    Duration.ofSeconds(10),
                    () -> assertThat(client.chat(Client.hello(Mesh.MODEL)).status())
                            .isEqualTo(200));
            assertThat(settlements(mesh, tenant)).isEqualTo(answered + 2);
            assertEveryHoldResolvedOnce(mesh, tenant);
            assertNoGap(mesh.ledger().entries());
        }
    }

    @Test
    void whatAStoppedServiceCouldNotDeliverIsDeliveredBeforeItIsReadyAgain(@TempDir Path directory) {
        try (PrivateKafka kafka = Infrastructure.privateKafka(directory);
                Mesh mesh = Mesh.startOn(kafka.bootstrap())) {
            TenantSnapshot tenant = mesh.tenant();
            assertThat(mesh.client(tenant).chat(Client.hello(Mesh.MODEL)).status())
                    .isEqualTo(200);
            kafka.kill();
            assertThat(mesh.client(tenant).chat(Client.hello(Mesh.MODEL)).status())
                    .isEqualTo(200);
            mesh.stopService();
            kafka.start();
            mesh.restartService();
            assertThat(settlements(mesh, tenant)).isEqualTo(2);
            assertEveryHoldResolvedOnce(mesh, tenant);
        }
    }

    private static void assertEveryHoldResolvedOnce(Mesh mesh, TenantSnapshot tenant) {
        Map<String, Integer> open = new HashMap<>();
        mesh.ledger()
                .of(tenant.tenantId())
                .forEach(event -> open.merge(event.requestId(), event instanceof Held ? 1 : -1, Integer::sum));
        assertThat(open).allSatisfy((request, balance) -> assertThat(balance).isZero());
    }

    private static void assertNoGap(List<Entry> entries) {
        Map<String, Long> last = new HashMap<>();
        for (Entry entry : entries) {
            String producer =
                    entry.usage().producerid() + "/" + entry.usage().producerepoch() + "/" + entry.partition();
            long sequence = entry.usage().producersequence();
            assertThat(sequence).as(producer).isEqualTo(last.getOrDefault(producer, -1L) + 1);
            last.put(producer, sequence);
        }
        assertThat(last).isNotEmpty();
    }

    @Test
    void theServiceStartsWhileTheBrokerIsAway(@TempDir Path directory) {
        try (PrivateKafka kafka = Infrastructure.privateKafka(directory);
                Mesh mesh = Mesh.startOn(kafka.bootstrap())) {
            TenantSnapshot tenant = mesh.tenant();
            Eventually.passes(() -> assertThat(
                            mesh.client(tenant).chat(Client.hello(Mesh.MODEL)).status())
                    .isEqualTo(200));
            mesh.stopService();
            kafka.stop();
            mesh.restartService();
            assertThat(mesh.client(tenant)
                            .chat(Client.hello(Mesh.MODEL))
                            .error()
                            .path("code")
                            .asString())
                    .isEqualTo("ledger_unavailable");
            assertThat(mesh.client(tenant).get("/v1/models").body()).contains(Mesh.MODEL);
            kafka.start();
            Eventually.passes(Duration.ofSeconds(10), () -> {
                Answer answer = mesh.client(tenant).chat(Client.hello(Mesh.MODEL));
                assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
            });
        }
    }
}
