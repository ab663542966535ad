package io.weir.orchestration;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.weir.ledger.Attempt;
import io.weir.ledger.Outcome;
import io.weir.ledger.UsageEvent.Settled;
import io.weir.money.Meter;
import io.weir.orchestration.Client.Answer;
import io.weir.snapshots.catalog.TenantSnapshot;
import io.weir.testing.Eventually;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A provider whose 200 is no answer to what was asked.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BrokenEmbeddingsIT {

    private static final String BODY =
            "{\"model\": \"text-embedding-3-small\", \"dimensions\": 2, \"input\": [\"Hello there\", \"you\"]}";

    private static final String GOOD =
            "{\"data\": [{\"index\": 1, \"embedding\": [0.5, -2]}, {\"index\": 0, \"embedding\": [1, 0.25]}],"
                    + " \"usage\": {\"prompt_tokens\": 7, \"total_tokens\": 8}}";

    private final HttpServer provider = start();
    private final Mesh mesh = Mesh.start("weir.providers.openai.base-url=http://127.0.0.1:"
            + provider.getAddress().getPort() + "/v1");
    private volatile String answer = "";
    private volatile String asked = "";
    private volatile CompletableFuture<Void> gate = CompletableFuture.completedFuture(null);

    BrokenEmbeddingsIT() {
        mesh.publishBeside(EmbeddingsIT.book());
    }

    private HttpServer start() {
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.createContext("/v1/embeddings", this::reply);
            server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
            server.start();
            return server;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private void reply(HttpExchange exchange) throws IOException {
        asked = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
        gate.join();
        byte[] body = answer.getBytes(UTF_8);
        exchange.getResponseHeaders().set("content-type", "application/json");
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    @AfterAll
    void stop() {
        mesh.close();
        provider.stop(0);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "nonsense",
                "{}",
                "[]",
                "{\"data\": []}",
                "{\"data\": [{\"index\": 0, \"embedding\": [1, 2]}]}",
                "{\"data\": [{\"index\": 0, \"embedding\": [1, 2]}, {\"index\": 0, \"embedding\": [1, 2]}]}",
                "{\"data\": [{\"index\": 0, \"embedding\": [1, 2]}, {\"index\": 2, \"embedding\": [1, 2]}]}",
                "{\"data\": [{\"index\": 0, \"embedding\": [1, 2]}, {\"index\": 1, \"embedding\": [1]}]}",
                "{\"data\": [{\"index\": 0, \"embedding\": [1, 2]}, {\"index\": 1, \"embedding\": [1, null]}]}",
                "{\"data\": [{\"index\": 0, \"embedding\": [1, 2]}, {\"index\": 1, \"embedding\": [1, 1e99]}]}",
                "{\"data\": [{\"index\": 0, \"embedding\": [1, 2, 3]}, {\"index\": 1, \"embedding\": [1, 2, 3]}]}",
                "{\"data\": [{\"index\": 0, \"embedding\": \"AAAA\"}, {\"index\": 1, \"embedding\": \"AAAA\"}]}",
                "{\"data\": [{\"index\": 0, \"embedding\": \"?\"}, {\"index\": 1, \"embedding\": \"?\"}]}",
                "{\"data\": [{\"index\": 0}, {\"index\": 1}], \"usage\": {\"prompt_tokens\": 9, \"total_tokens\": 9}}",
            })
    void whatIsNoVectorPerInputIsAnUpstreamErrorSettledByWhatCanBeMeasured(String broken) {
        answer = broken;
        TenantSnapshot tenant = mesh.tenant();
        Answer told = mesh.client(tenant).embed(BODY);
        assertThat(told.status()).as(told.toString()).isEqualTo(502);
        assertThat(told.error().path("code").asString()).isEqualTo("upstream_error");
        assertThat(mesh.ledger().typesOf(tenant.tenantId())).containsExactly("held", "settled");
        Settled settled = mesh.ledger().settled(tenant.tenantId());
        assertThat(settled.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(settled.billable()).isFalse();
        Attempt attempt = settled.attempts().getFirst();
        assertThat(attempt.usageSource()).isEqualTo(Attempt.UsageSource.MEASURED);
        assertThat(attempt.buckets().of(Meter.TEXT_IN)).isEqualTo(3);

        // One that is well, so that the breaker sees as many that were.
        answer = GOOD;
        assertThat(mesh.client(tenant).embed(BODY).status()).isEqualTo(200);
    }

    @Test
    void aClientThatLeavesWhileTheProviderWorksIsSettledAllTheSame() throws Exception {
        answer = GOOD;
        gate = new CompletableFuture<>();
        TenantSnapshot tenant = mesh.tenant();
        Client client = mesh.client(tenant);
        Thread caller = Thread.ofVirtual()
                .uncaughtExceptionHandler((thread, interrupted) -> {})
                .start(() -> client.embed(BODY.replace("you", "somebody who leaves")));
        Eventually.passes(Duration.ofSeconds(30), () -> assertThat(asked).contains("somebody who leaves"));
        caller.interrupt();
        caller.join();
        gate.complete(null);
        Eventually.passes(
                Duration.ofSeconds(30),
                () -> assertThat(mesh.ledger().typesOf(tenant.tenantId())).containsExactly("held", "settled"));
    }

    @Test
    void numbersAreEncodedWhereTheProviderGivesNoBase64AndTheOrderIsThatOfTheInputs() {
        answer = GOOD;
        TenantSnapshot tenant = mesh.tenant();
        Answer told =
                mesh.client(tenant).embed(BODY.replace("\"input\"", "\"encoding_format\": \"base64\", \"input\""));
        assertThat(told.status()).as(told.toString()).isEqualTo(200);
        assertThat(told.json().at("/data/0/embedding").asString()).isEqualTo("AACAPwAAgD4=");
        assertThat(told.json().at("/data/1/embedding").asString()).isEqualTo("AAAAPwAAAMA=");
        assertThat(asked)
                .contains("\"encoding_format\":\"base64\"", "\"dimensions\":2")
                .doesNotContain("user");
        // A total that is not the prompt's is not believed.
        assertThat(mesh.ledger()
                        .settled(tenant.tenantId())
                        .attempts()
                        .getFirst()
                        .usageSource())
                .isEqualTo(Attempt.UsageSource.MEASURED);
    }
}
