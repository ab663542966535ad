package io.weir.orchestration;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.ledger.Outcome;
import io.weir.orchestration.Client.Answer;
import io.weir.snapshots.catalog.TenantSnapshot;
import io.weir.testing.Eventually;
import java.io.InputStream;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// What holds of calls that name an `Idempotency-Key`, in the context of another test.
interface IdempotentCalls {

    Duration PATIENCE = Duration.ofSeconds(20);
    String CHAT = "/v1/chat/completions";

    Mesh mesh();

    private int asked() {
        return mesh().provider().ledger().path("requests").asInt();
    }

    private static String key() {
        return UUID.randomUUID().toString();
    }

    private Answer chat(TenantSnapshot tenant, String body, String key) {
        return mesh().client(tenant).keyed(CHAT, body, key);
    }

    private static void isAgain(Answer answer, Answer first) {
        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        assertThat(answer.response().body()).isEqualTo(first.response().body());
        assertThat(answer.header("x-idempotent-replayed")).isEqualTo("true");
        assertThat(answer.header("x-original-request-id")).isEqualTo(first.requestId());
        assertThat(answer.requestId()).isNotEqualTo(first.requestId());
        assertThat(answer.header("x-cost-usd")).isEqualTo("0");
        assertThat(answer.header("content-type")).isEqualTo(first.header("content-type"));
        assertThat(answer.header("x-served-model")).isEqualTo(first.header("x-served-model"));
    }

    // A refusal that reaches no provider tells whether Redis was reached.
    @BeforeAll
    default void redisIsConnected() {
        Client client = mesh().client(mesh().tenant());
        Eventually.passes(
                PATIENCE,
                () -> assertThat(client.keyed(CHAT, "{}", key()).status()).isEqualTo(400));
    }

    @Test
    default void ofSixtyFourAtOnceOneReachesTheProvider() throws Exception {
        mesh().provider().behave("{\"latencyMs\": 400}");
        TenantSnapshot tenant = mesh().tenant();
        String key = key();
        int before = asked();
        List<Answer> answers;
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<Answer>> calls = Collections.nCopies(64, () -> chat(tenant, Client.hello(Mesh.MODEL), key));
            answers = callers.invokeAll(calls).stream().map(Future::resultNow).toList();
        }
        assertThat(asked() - before).isEqualTo(1);
        List<Answer> first = answers.stream()
                .filter(each -> each.status() == 200
                        && each.header("x-idempotent-replayed").isEmpty())
                .toList();
        assertThat(first).hasSize(1);
        for (Answer each : answers) {
            if (each.status() == 409) {
                assertThat(each.error().path("code").asString()).isEqualTo("idempotency_in_progress");
                assertThat(each.header("retry-after")).isEqualTo("1");
                assertThat(each.header("x-should-retry")).isEqualTo("true");
            } else if (!each.requestId().equals(first.getFirst().requestId())) {
                isAgain(each, first.getFirst());
            }
        }
        isAgain(chat(tenant, Client.hello(Mesh.MODEL), key), first.getFirst());
        assertThat(asked() - before).isEqualTo(1);
        assertThat(mesh().ledger().typesOf(tenant.tenantId())).containsExactly("held", "settled");
    }

    @Test
    default void anotherBodyIsRefusedAndAnotherTenantHasTheKeyForItself() {
        TenantSnapshot tenant = mesh().tenant();
        TenantSnapshot other = mesh().tenant();
        String key = key();
        Answer own = chat(tenant, Client.hello(Mesh.MODEL), key);
        int before = asked();
        Answer reused = chat(tenant, Client.hello(Mesh.CLAUDE), key);
        assertThat(reused.status()).isEqualTo(422);
        assertThat(reused.header("x-should-retry")).isEqualTo("false");
        assertThat(reused.error().path("code").asString()).isEqualTo("idempotency_key_reused");
        assertThat(reused.error().path("param").asString()).isEqualTo("idempotency-key");
        Answer elsewhere = mesh().client(tenant).keyed("/v1/embeddings", Client.hello(Mesh.MODEL), key);
        assertThat(elsewhere.status()).isEqualTo(422);
        assertThat(asked()).isEqualTo(before);

        Answer foreign = chat(other, Client.hello(Mesh.MODEL), key);
        assertThat(foreign.status()).isEqualTo(200);
        assertThat(foreign.header("x-idempotent-replayed")).isEmpty();
        assertThat(foreign.response().body()).isNotEqualTo(own.response().body());
        assertThat(asked()).isEqualTo(before + 1);
    }

    @Test
    default void aStreamIsGivenAgainToTheByte() {
        TenantSnapshot tenant = mesh().tenant();
        String key = key();
        String body = Client.streaming("\"stream_options\":{\"include_usage\":true},");
        int before = asked();
        Answer first = chat(tenant, body, key);
        assertThat(first.response().body()).startsWith("data: {").endsWith("data: [DONE]\n\n");
        isAgain(chat(tenant, body, key), first);
        assertThat(asked() - before).isEqualTo(1);
        assertThat(mesh().ledger().typesOf(tenant.tenantId())).containsExactly("held", "settled");
    }

    @Test
    default void whatFailedForNothingMayRunAgain() {
        TenantSnapshot tenant = mesh().tenant();
        String key = key();
        mesh().provider().behave("{\"errorRate\": 1, \"errorStatus\": 500}");
        assertThat(chat(tenant, Client.hello(Mesh.MODEL), key).status()).isGreaterThanOrEqualTo(500);
        mesh().provider().behaveWell();
        Answer second = chat(tenant, Client.hello(Mesh.MODEL), key);
        assertThat(second.status()).as(second.toString()).isEqualTo(200);
        assertThat(second.header("x-idempotent-replayed")).isEmpty();
        assertThat(mesh().ledger().typesOf(tenant.tenantId())).containsExactly("held", "released", "held", "settled");
    }

    @Test
    default void aStreamWhoseClientLeftIsWholeForTheOneThatComesBack() throws Exception {
        mesh().provider().behave("{\"chunkDelayMs\": 10, \"outputTokens\": 60}");
        TenantSnapshot tenant = mesh().tenant();
        String key = key();
        int before = asked();
        try (InputStream body =
                mesh().client(tenant).openKeyed(Client.streaming(""), key).body()) {
            assertThat(body.readNBytes(400)).hasSize(400);
        }
        Answer again = Eventually.value(
                PATIENCE, () -> chat(tenant, Client.streaming(""), key), answer -> answer.status() == 200);
        assertThat(again.header("x-idempotent-replayed")).isEqualTo("true");
        assertThat(again.response().body()).endsWith("data: [DONE]\n\n");
        assertThat(asked() - before).isEqualTo(1);
        assertThat(mesh().ledger().settled(tenant.tenantId()).outcome()).isEqualTo(Outcome.COMPLETED);
    }

    @Test
    default void aWholeAnswerWaitsForTheClientThatLeft() {
        mesh().provider().behave("{\"latencyMs\": 600}");
        TenantSnapshot tenant = mesh().tenant();
        String key = key();
        int before = asked();
        Thread caller = Thread.ofVirtual().start(() -> {
            try {
                chat(tenant, Client.hello(Mesh.MODEL), key);
            } catch (IllegalStateException interrupted) {
                Thread.currentThread().interrupt();
            }
        });
        mesh().ledger().await(tenant.tenantId(), 1);
        caller.interrupt();
        Answer again = Eventually.value(
                PATIENCE, () -> chat(tenant, Client.hello(Mesh.MODEL), key), answer -> answer.status() == 200);
        assertThat(again.header("x-idempotent-replayed")).isEqualTo("true");
        assertThat(asked() - before).isEqualTo(1);
        assertThat(mesh().ledger().typesOf(tenant.tenantId())).containsExactly("held", "settled");
    }

    @Test
    default void whatIsNoKeyIsRefusedByItsName() {
        Client client = mesh().client(mesh().tenant());
        int before = asked();
        for (Answer answer : List.of(
                client.keyed(CHAT, Client.hello(Mesh.MODEL), "two words"),
                client.keyed(CHAT, Client.hello(Mesh.MODEL), ""),
                client.keyed(CHAT, Client.hello(Mesh.MODEL), "x".repeat(256)),
                client.keyed(CHAT, Client.hello(Mesh.MODEL), "a", "a"))) {
            assertThat(answer.status()).as(answer.toString()).isEqualTo(400);
            assertThat(answer.error().path("param").asString()).isEqualTo("idempotency-key");
        }
        assertThat(asked()).isEqualTo(before);
    }
}
