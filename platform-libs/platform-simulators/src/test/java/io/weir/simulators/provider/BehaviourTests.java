package io.weir.simulators.provider;

import static io.weir.simulators.provider.SimulatorClient.HELLO;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.simulators.provider.SimulatorClient.Answer;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class BehaviourTests {

    private static final ProviderSimulator SIMULATOR = ProviderSimulator.start(ProviderSimulatorOptions.onAnyPort());
    private static final SimulatorClient CLIENT = new SimulatorClient(SIMULATOR);

    @BeforeEach
    void friendlyProviderWithEmptyBooks() {
        CLIENT.send("DELETE", "/_behaviour", "");
        CLIENT.send("DELETE", "/_ledger", "");
    }

    @AfterAll
    static void stop() {
        CLIENT.close();
        SIMULATOR.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "latency|{\"latency\":5}",
                "provider|{\"provider\":\"mistral\"}",
                "provider|{\"provider\":7}",
                "latencyMs|{\"latencyMs\":-1}",
                "latencyMs|{\"latencyMs\":600001}",
                "latencyMs|{\"latencyMs\":1.5}",
                "chunkDelayMs|{\"chunkDelayMs\":\"1\"}",
                "outputTokens|{\"outputTokens\":0}",
                "reasoningTokens|{\"reasoningTokens\":-1}",
                "cachedTokens|{\"cachedTokens\":1.5}",
                "cacheWriteTokens|{\"cacheWriteTokens\":\"many\"}",
                "errorRate|{\"errorRate\":1.01}",
                "errorStatus|{\"errorStatus\":200}",
                "requestsPerMinute|{\"requestsPerMinute\":0}",
                "seed|{\"seed\":\"x\"}",
                "cutAfterChunks|{\"cutAfterChunks\":-1}",
                "stallAfterChunks|{\"stallAfterChunks\":true}",
                "usageMissing|{\"usageMissing\":1}",
                "body|[]",
                "body|{",
            })
    void aWrongBehaviourIsRefusedNamingTheFieldAndChangesNothing(String field, String body) {
        JsonNode before = CLIENT.send("GET", "/_behaviour", "").json();
        Answer answer = CLIENT.send("PUT", "/_behaviour", body);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.error().path("param").stringValue()).isEqualTo(field);
        assertThat(answer.error().path("message").stringValue()).startsWith(field + ": ");
        assertThat(CLIENT.send("GET", "/_behaviour", "").json()).isEqualTo(before);
    }

    @Test
    void aBehaviourReachesTheNamedProviderOrAllAndIsReset() {
        CLIENT.behave("\"provider\":\"gemini\",\"latencyMs\":9");
        CLIENT.behave("\"provider\":\"openai\",\"outputTokens\":3");
        JsonNode set = CLIENT.send("GET", "/_behaviour", "").json();
        assertThat(set.at("/gemini/latencyMs").intValue()).isEqualTo(9);
        assertThat(set.at("/openai/latencyMs").intValue()).isZero();
        assertThat(set.at("/openai/outputTokens").intValue()).isEqualTo(3);
        CLIENT.behave("\"provider\":\"*\",\"latencyMs\":4");
        assertThat(CLIENT.send("GET", "/_behaviour", "").json().valueStream())
                .hasSize(3)
                .allMatch(behaviour -> behaviour.path("latencyMs").intValue() == 4);
        assertThat(CLIENT.send("DELETE", "/_behaviour", "").status()).isEqualTo(204);
        assertThat(CLIENT.send("GET", "/_behaviour", "").json().valueStream())
                .allMatch(behaviour -> behaviour.path("latencyMs").intValue() == 0);
    }

    @Test
    void anotherProvidersBehaviourChangesNothingHere() {
        CLIENT.behave("\"provider\":\"anthropic\",\"errorRate\":1");
        assertThat(CLIENT.chat(HELLO).status()).isEqualTo(200);
    }

    @Test
    void theSameSeedFailsTheSameCallsInTheAskedShare() {
        List<Integer> first = statusesWith("\"errorRate\":0.3,\"errorStatus\":503,\"seed\":11");
        assertThat(statusesWith("\"errorRate\":0.3,\"errorStatus\":503,\"seed\":11"))
                .isEqualTo(first);
        assertThat(statusesWith("\"errorRate\":0.3,\"errorStatus\":503,\"seed\":12"))
                .isNotEqualTo(first);
        assertThat(first).containsOnly(200, 503);
        assertThat(first.stream().filter(status -> status == 503).count()).isBetween(15L, 45L);
    }

    @ParameterizedTest
    @CsvSource({"500,server_error", "503,server_error", "529,server_error", "429,requests", "401,invalid_request_error"
    })
    void anInjectedErrorCarriesTheEnvelopeOfItsStatus(int status, String type) {
        CLIENT.behave("\"errorRate\":1,\"errorStatus\":" + status);
        Answer answer = CLIENT.chat(HELLO);
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.error().path("type").stringValue()).isEqualTo(type);
        assertThat(answer.headers().firstValue("retry-after").isPresent()).isEqualTo(status == 429);
    }

    @Test
    void callsBeyondTheLimitGet429WithTheTimeToWait() {
        CLIENT.behave("\"requestsPerMinute\":2");
        assertThat(CLIENT.chat(HELLO).status()).isEqualTo(200);
        assertThat(CLIENT.chat(HELLO).status()).isEqualTo(200);
        Answer refused = CLIENT.chat(HELLO);
        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.error().path("code").stringValue()).isEqualTo("rate_limit_exceeded");
        assertThat(refused.headers().firstValueAsLong("retry-after").orElseThrow())
                .isBetween(1L, 30L);
        assertThat(refused.headers().firstValueAsLong("retry-after-ms").orElseThrow())
                .isBetween(1L, 30_000L);
        assertThat(CLIENT.ledger().path("failed").intValue()).isEqualTo(1);
    }

    @Test
    void latencyDelaysTheFirstByteAndChunkDelayEveryDelta() {
        CLIENT.behave("\"latencyMs\":120");
        assertThat(timed(HELLO)).isGreaterThanOrEqualTo(Duration.ofMillis(120));
        CLIENT.behave("\"chunkDelayMs\":30,\"outputTokens\":10");
        assertThat(timed(HELLO + ",\"stream\":true")).isGreaterThanOrEqualTo(Duration.ofMillis(300));
    }

    @Test
    void outputTokensSetTheLength() {
        CLIENT.behave("\"outputTokens\":250");
        assertThat(CLIENT.chatted(HELLO).at("/usage/completion_tokens").intValue())
                .isEqualTo(250);
        assertThat(CLIENT.chatted(HELLO + ",\"max_tokens\":250")
                        .at("/choices/0/finish_reason")
                        .stringValue())
                .isEqualTo("stop");
    }

    @Test
    void unknownControlEndpointsAre404() {
        assertThat(CLIENT.send("GET", "/_nothing", "").status()).isEqualTo(404);
        assertThat(CLIENT.send("POST", "/_ledger", "").status()).isEqualTo(404);
    }

    private static List<Integer> statusesWith(String behaviour) {
        CLIENT.behave(behaviour);
        return IntStream.range(0, 100)
                .mapToObj(i -> CLIENT.chat(HELLO).status())
                .toList();
    }

    private static Duration timed(String fields) {
        long start = System.nanoTime();
        assertThat(CLIENT.chat(fields).status()).isEqualTo(200);
        return Duration.ofNanos(System.nanoTime() - start);
    }
}
