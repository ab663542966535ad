package io.weir.local.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.testing.Eventually;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// The broker goes away for half a minute while calls run.
@Tag("e2e")
class BrokerOutageIT {

    private static final int RUNNING = 12;
    private static final int NEW = 3;

    @Test
    void callsGoOnAndEachIsSettledOnceWhenTheBrokerIsBack() throws Exception {
        Platform.Tenant tenant = Platform.provision("outage", "growth", ",\"maxMonthlySpend\":100");
        // Its budget may be known a moment later than its key.
        Eventually.passes(
                Duration.ofSeconds(20),
                () -> assertThat(Platform.chat(tenant, "Ready?").status()).isEqualTo(200));
        Http.method(
                "PUT",
                Platform.simulator() + "/_behaviour",
                null,
                "{\"provider\":\"openai\",\"chunkDelayMs\":100,\"latencyMs\":3000}");
        ExecutorService clients = Executors.newFixedThreadPool(RUNNING);
        try {
            List<CompletableFuture<Http.Answer>> running = startCalls(tenant, clients);
            Eventually.passes(
                    Duration.ofSeconds(10), () -> assertThat(heldRows(tenant)).isEqualTo(1 + RUNNING));
            assertThat(Platform.weir("stop", "kafka").exitCode()).isZero();
            long stoppedAt = System.nanoTime();
            Http.method("DELETE", Platform.simulator() + "/_behaviour", null, "");

            assertServedQuickly(tenant);
            assertStartsFromItsLastGoodSnapshots("billing");
            waitUntil(stoppedAt, Duration.ofSeconds(30));
            assertServedQuickly(tenant);
            assertThat(Platform.weir("start", "kafka").exitCode()).isZero();
            long back = System.nanoTime();
            Eventually.passes(
                    Duration.ofSeconds(50),
                    () -> assertThat(Platform.chat(tenant, "Back?").status()).isEqualTo(200));
            long workedAfter = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - back);
            System.out.println("calls work " + workedAfter + " ms after the broker's return");
            assertThat(workedAfter).isLessThan(50_000);
            assertEachSettledOnce(tenant, running);
        } finally {
            Http.method("DELETE", Platform.simulator() + "/_behaviour", null, "");
            Platform.weir("start", "kafka");
            clients.shutdownNow();
        }
    }

    @Test
    void aGatewayRestartedWhileTheBrokerIsAwayStillKnowsItsKeys() {
        Platform.Tenant tenant = Platform.provision("lastgood", "growth", "");
        // The copy on disk is written every two seconds.
        Eventually.passes(
                Duration.ofSeconds(10),
                () -> assertThat(Platform.lastGoodCopy("gateway", "tenants.v1")).contains(tenant.id()));
        try {
            assertThat(Platform.weir("stop", "kafka").exitCode()).isZero();
            assertStartsFromItsLastGoodSnapshots("gateway");
            assertThat(Http.get(Platform.gateway() + "/v1/models", tenant.apiKey())
                            .status())
                    .isEqualTo(200);
            assertThat(Http.get(Platform.gateway() + "/v1/models", "weir_live_nonsense")
                            .status())
                    .isEqualTo(401);
        } finally {
            Platform.weir("start", "kafka");
        }
        Eventually.passes(
                Duration.ofSeconds(50),
                () -> assertThat(Platform.chat(tenant, "Back?").status()).isEqualTo(200));
    }

    private static List<CompletableFuture<Http.Answer>> startCalls(Platform.Tenant tenant, ExecutorService clients) {
        List<CompletableFuture<Http.Answer>> running = new ArrayList<>();
        for (int i = 0; i < RUNNING; i++) {
            boolean stream = i % 2 == 0;
            String body = Platform.chatBody("Running call " + i, stream);
            running.add(CompletableFuture.supplyAsync(
                    () -> Http.post(Platform.gateway() + "/v1/chat/completions", tenant.apiKey(), body), clients));
        }
        return running;
    }

    private static void assertServedQuickly(Platform.Tenant tenant) {
        for (int i = 0; i < NEW; i++) {
            long began = System.nanoTime();
            Http.Answer served = Platform.chat(tenant, "New call");
            long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
            System.out.println("new call answered with " + served.status() + " after " + took + " ms");
            assertThat(served.status()).as(served.shown()).isEqualTo(200);
            assertThat(took).isLessThan(10_000);
        }
    }

    private static void assertStartsFromItsLastGoodSnapshots(String name) {
        long pid = Platform.service(name).path("pid").asLong();
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
        Eventually.passes(Duration.ofSeconds(60), () -> {
            JsonNode service = Platform.service(name);
            assertThat(service.path("pid").asLong()).isNotEqualTo(pid);
            assertThat(Http.get(service.path("url").asString() + "/ready", null).status())
                    .isEqualTo(200);
        });
    }

    private static void assertEachSettledOnce(Platform.Tenant tenant, List<CompletableFuture<Http.Answer>> running)
            throws Exception {
        int completed = 0;
        for (CompletableFuture<Http.Answer> call : running) {
            if (!call.handle((answer, failure) -> failure != null).get(130, TimeUnit.SECONDS)) {
                assertThat(call.get().status()).as(call.get().shown()).isEqualTo(200);
                completed++;
            }
        }
        System.out.println(completed + " of " + RUNNING + " running calls were answered in full");
        Eventually.passes(Duration.ofSeconds(30), () -> {
            JsonNode row = Platform.clickhouse(
                            "SELECT count(), uniqExact(request_id) FROM usage_requests WHERE tenant_id = '"
                                    + tenant.id()
                                    + "' AND request_id IN (SELECT request_id FROM usage_holds WHERE tenant_id = '"
                                    + tenant.id() + "' AND kind = 'held')")
                    .path(0);
            assertThat(row.path(0).asString()).isEqualTo(row.path(1).asString());
            // The first, those that ran when it went, that came while it was away, and the one that found it back.
            assertThat(Integer.parseInt(row.path(1).asString())).isGreaterThanOrEqualTo(1 + RUNNING + 2 * NEW + 1);
            assertThat(openHolds(tenant)).isZero();
        });
    }

    private static long heldRows(Platform.Tenant tenant) {
        return count("SELECT uniqExact(request_id) FROM usage_holds WHERE kind = 'held' AND tenant_id = '" + tenant.id()
                + "'");
    }

    private static long openHolds(Platform.Tenant tenant) {
        return count("SELECT uniqExact(request_id) FROM usage_holds WHERE kind = 'held' AND tenant_id = '" + tenant.id()
                + "' AND request_id NOT IN (SELECT request_id FROM usage_requests WHERE tenant_id = '" + tenant.id()
                + "') AND request_id NOT IN (SELECT request_id FROM usage_holds WHERE kind = 'released' AND tenant_id = '"
                + tenant.id() + "')");
    }

    private static long count(String sql) {
        return Long.parseLong(Platform.clickhouse(sql).path(0).path(0).asString());
    }

    private static void waitUntil(long start, Duration after) {
        Eventually.passes(
                after.plusSeconds(5),
                () -> assertThat(System.nanoTime() - start).isGreaterThan(after.toNanos()));
    }
}
