package io.weir.orchestration;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.ledger.Attempt;
import io.weir.ledger.Outcome;
import io.weir.ledger.UsageEvent.Settled;
import io.weir.money.Meter;
import io.weir.orchestration.Client.Answer;
import io.weir.snapshots.catalog.TenantSnapshot;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import tools.jackson.databind.JsonNode;

/// Providers that refuse, break off, or send what nobody understands.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OtherProvidersFaultsIT {

    // Few enough faults for each model that no breaker opens.
    private final Mesh mesh = Mesh.start("weir.upstream.attempts=1");

    private final AtomicReference<String> canned = new AtomicReference<>("");
    private final DisposableServer odd = HttpServer.create()
            .host("127.0.0.1")
            .port(0)
            .handle((request, response) -> request.receive()
                    .then()
                    .thenEmpty(response.header("content-type", "text/event-stream")
                            .header("request-id", "req_odd")
                            .sendString(Mono.fromSupplier(canned::get))))
            .bindNow(Duration.ofSeconds(10));
    private final Mesh oddMesh = Mesh.start(
            "weir.providers.anthropic.base-url=http://127.0.0.1:" + odd.port(),
            "weir.providers.anthropic.api-key=k",
            "weir.providers.gemini.base-url=http://127.0.0.1:" + odd.port() + "/",
            "weir.providers.gemini.api-key=k");

    @AfterAll
    void stop() {
        mesh.close();
        oddMesh.close();
        odd.disposeNow(Duration.ofSeconds(5));
    }

    @AfterEach
    void behaveWell() {
        mesh.provider().behaveWell();
    }

    private static String request(String model, String more) {
        return "{\"model\":\"" + model + "\"," + more
                + "\"messages\":[{\"role\":\"user\",\"content\":\"Hello there\"}]}";
    }

    @ParameterizedTest
    @CsvSource({
        Mesh.CLAUDE + ",401,502,upstream_error",
        Mesh.CLAUDE + ",403,502,upstream_error",
        Mesh.CLAUDE + ",404,404,model_not_found",
        Mesh.CLAUDE + ",429,429,upstream_rate_limited",
        Mesh.CLAUDE + ",500,502,upstream_error",
        Mesh.CLAUDE + ",529,503,upstream_unavailable",
        Mesh.GEMINI + ",401,502,upstream_error",
        Mesh.GEMINI + ",403,502,upstream_error",
        Mesh.GEMINI + ",404,404,model_not_found",
        Mesh.GEMINI + ",429,429,upstream_rate_limited",
        Mesh.GEMINI + ",500,502,upstream_error",
        Mesh.GEMINI + ",503,502,upstream_error",
    })
    void aProvidersRefusalIsToldInOurWordsAndCostsNothing(String model, int theirs, int ours, String code) {
        mesh.provider().behave("{\"errorRate\": 1, \"errorStatus\": " + theirs + "}");
        TenantSnapshot tenant = mesh.tenant();
        Answer answer = mesh.client(tenant).chat(request(model, ""));
        assertThat(answer.status()).as(answer.toString()).isEqualTo(ours);
        assertThat(answer.error().path("code").asString()).isEqualTo(code);
        assertThat(answer.toString()).doesNotContain("sk-ant", "AIza");
        assertThat(mesh.ledger().typesOf(tenant.tenantId())).containsExactly("held", "released");
    }

    @ParameterizedTest
    @ValueSource(strings = {Mesh.CLAUDE, Mesh.GEMINI})
    void aStreamThatBreaksOffIsSettledAsFarAsItCame(String model) {
        mesh.provider().behave("{\"cutAfterChunks\": 10, \"outputTokens\": 200, \"reasoningTokens\": 0}");
        TenantSnapshot tenant = mesh.tenant();
        String lines = String.join("\n", mesh.client(tenant).lines(request(model, "\"stream\":true,")));
        assertThat(lines).contains("\"error\"").doesNotContain("[DONE]");
        Settled settled = mesh.ledger().settled(tenant.tenantId());
        assertThat(settled.outcome()).isEqualTo(Outcome.FAILED);
        assertServedAsSettled(settled);
    }

    @Test
    void anErrorBeforeAnyContentIsAnAnswerOfItsOwnStatus() {
        canned.set("""
                event: message_start
                data: {"type":"message_start","message":{"id":"msg_1","usage":{"input_tokens":11,"output_tokens":1}}}

                event: error
                data: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}

                """);
        TenantSnapshot tenant = oddMesh.tenant();
        Answer answer = oddMesh.client(tenant).chat(request(Mesh.CLAUDE, "\"stream\":true,"));
        assertThat(answer.status()).as(answer.toString()).isEqualTo(502);
        Settled settled = oddMesh.ledger().settled(tenant.tenantId());
        assertThat(settled.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(settled.billable()).isFalse();
        Attempt attempt = settled.attempts().getLast();
        assertThat(attempt.providerRequestId()).isEqualTo("req_odd");
        assertThat(attempt.buckets().of(Meter.TEXT_IN)).isEqualTo(11);
    }

    @Test
    void whatWasCountedBeforeAStreamBrokeServesTheInputAndWhatCameTheOutput() {
        canned.set("""
                data: {"type":"message_start","message":{"id":"msg_1","usage":{"input_tokens":1234,"output_tokens":1}}}

                data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}

                data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":" water river stone"}}

                data: \0\u0001 nobody knows

                """);
        TenantSnapshot tenant = oddMesh.tenant();
        String lines = String.join("\n", oddMesh.client(tenant).lines(request(Mesh.CLAUDE, "\"stream\":true,")));
        assertThat(lines)
                .contains("water river stone", "\"code\":\"upstream_error\"")
                .doesNotContain("[DONE]");
        Attempt attempt = oddMesh.ledger().settled(tenant.tenantId()).attempts().getLast();
        assertThat(attempt.buckets().of(Meter.TEXT_IN)).isEqualTo(1234);
        assertThat(attempt.buckets().of(Meter.TEXT_OUT)).isEqualTo(3);
        assertThat(attempt.usageSource()).isEqualTo(Attempt.UsageSource.MEASURED);
        assertThat(Objects.requireNonNull(attempt.rawUsage())
                        .path("input_tokens")
                        .asInt())
                .isEqualTo(1234);
    }

    @ParameterizedTest
    @ValueSource(strings = {Mesh.CLAUDE, Mesh.GEMINI})
    void bytesThatNobodyUnderstandsAreAnUpstreamErrorAndSettled(String model) {
        for (String bytes :
                new String[] {"<html>moved</html>", "", "[]", "{\"id\":\"x\",\"choices\":[]}", "data: {\"x\":1}\n\n"}) {
            canned.set(bytes);
            for (String more : new String[] {"", "\"stream\":true,"}) {
                TenantSnapshot tenant = oddMesh.tenant();
                Answer answer = oddMesh.client(tenant).chat(request(model, more));
                assertThat(answer.status()).as(bytes).isEqualTo(502);
                assertThat(answer.error().path("code").asString()).isEqualTo("upstream_error");
                assertThat(oddMesh.ledger().typesOf(tenant.tenantId())).containsExactly("held", "settled");
            }
            answersWell(model);
        }
    }

    // Good answers between keep the breaker shut.
    private void answersWell(String model) {
        canned.set(
                model.equals(Mesh.CLAUDE)
                        ? "{\"type\":\"message\",\"content\":[{\"type\":\"text\",\"text\":\"Hi\"}],\"usage\":{\"input_tokens\":1,\"output_tokens\":1}}"
                        : "{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"Hi\"}]},\"finishReason\":\"STOP\"}]}");
        for (int i = 0; i < 3; i++) {
            Answer answer = oddMesh.client(oddMesh.tenant()).chat(request(model, ""));
            assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
            JsonNode message = answer.json().at("/choices/0/message");
            assertThat(message.path("content").asString()).isEqualTo("Hi");
        }
    }

    private void assertServedAsSettled(Settled settled) {
        Attempt attempt = settled.attempts().getLast();
        JsonNode served =
                mesh.provider().ledger().path("by_request").path(Objects.requireNonNull(attempt.providerRequestId()));
        assertThat(attempt.buckets().input()).isEqualTo(served.path("text_in").asLong());
        assertThat(attempt.buckets().output()).isEqualTo(served.path("text_out").asLong());
    }
}
