package io.weir.orchestration;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.orchestration.Client.Answer;
import io.weir.snapshots.catalog.TenantSettings;
import io.weir.snapshots.catalog.TenantSettings.Limits;
import io.weir.snapshots.catalog.TenantSettings.Models;
import io.weir.snapshots.catalog.TenantSnapshot;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// The short form of `./weir prove fairness`, on one process.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FairShareIT {

    private static final int PER_MINUTE = 600;
    private static final Duration LASTS = Duration.ofSeconds(6);
    private static final int HURRY = 40;
    private static final int QUIET = 5;

    private final Mesh mesh = Mesh.start("weir.providers.openai.requests-per-minute=" + PER_MINUTE);

    @AfterAll
    void stop() {
        mesh.close();
    }

    @Test
    void aTenantThatTakesAllItCanGetLeavesTheOthersTheirsAndTheProviderIsNeverAskedTooMuch() throws Exception {
        mesh.provider().behave("{\"provider\": \"openai\", \"requestsPerMinute\": " + PER_MINUTE + "}");
        AtomicBoolean over = new AtomicBoolean();
        AtomicInteger taken = new AtomicInteger();
        TenantSnapshot greedy = mesh.tenant();
        List<TenantSnapshot> quiet = new ArrayList<>();
        for (int i = 0; i < QUIET; i++) {
            quiet.add(mesh.tenant());
        }
        long began = System.nanoTime();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < HURRY; i++) {
                threads.execute(() -> {
                    Client client = mesh.client(greedy);
                    while (!over.get()) {
                        taken.addAndGet(client.chat(Client.hello(Mesh.MODEL)).status() == 200 ? 1 : 0);
                    }
                });
            }
            List<Future<List<Answer>>> answers = new ArrayList<>();
            for (TenantSnapshot each : quiet) {
                answers.add(threads.submit(() -> evenly(mesh.client(each), began)));
            }
            int served = 0;
            for (Future<List<Answer>> each : answers) {
                List<Answer> own = each.get(2, TimeUnit.MINUTES);
                assertThat(own).allSatisfy(answer -> assertThat(answer.status()).isEqualTo(200));
                served += own.size();
            }
            double minutes = (System.nanoTime() - began) / (double) TimeUnit.MINUTES.toNanos(1);
            int all = served + taken.get();
            over.set(true);
            assertThat(all).as("in %.2f minutes", minutes).isLessThanOrEqualTo((int) (minutes * PER_MINUTE) + 12);
            assertThat(taken.get()).as("the greedy one, beside %d", served).isGreaterThan(served / QUIET);
        }
    }

    // Less than its share: one call a second.
    private static List<Answer> evenly(Client client, long began) {
        List<Answer> answers = new ArrayList<>();
        while (System.nanoTime() - began < LASTS.toNanos()) {
            answers.add(client.chat(Client.hello(Mesh.MODEL)));
            LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1));
        }
        return answers;
    }

    @Test
    void tokensPerMinuteAreToldAndHold() {
        Limits limits = new Limits(null, null, null, null, null, 700L, null, null, null, null, null, null);
        TenantSnapshot tenant =
                mesh.tenant(null, new TenantSettings(new Models(List.of(), null, null, null), null, List.of(), limits));
        Client client = mesh.client(tenant);
        String body = "{\"model\":\"" + Mesh.MODEL
                + "\",\"max_tokens\":650,\"messages\":[{\"role\":\"user\",\"content\":\"Write an essay.\"}]}";
        Answer first = client.chat(body);
        assertThat(first.status()).as(first.toString()).isEqualTo(200);
        assertThat(first.header("x-ratelimit-limit-tokens")).isEqualTo("700");
        assertThat(first.header("x-ratelimit-remaining-tokens")).isEqualTo("700");
        assertThat(first.header("x-ratelimit-reset-tokens")).isEqualTo("0ms");
        Answer second = client.chat(body);
        assertThat(second.status()).as(second.toString()).isEqualTo(429);
        assertThat(second.error().path("code").asString()).isEqualTo("rate_limit_exceeded");
        assertThat(second.header("retry-after")).matches("[1-9][0-9]*");
        assertThat(second.header("retry-after-ms")).matches("[1-9][0-9]*");
        assertThat(second.header("x-should-retry")).isEqualTo("true");
        assertThat(Long.parseLong(second.header("x-ratelimit-remaining-tokens")))
                .isLessThan(700);
    }
}
