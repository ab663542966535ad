package io.weir.local.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.local.e2e.MatrixClient.Covers;
import java.io.IOException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// The official SDK for Node, run by Node.
@SuppressWarnings("NullAway.Init")
@Tag("e2e")
@MatrixClient(
        name = "openai-node",
        artifact = "openai",
        pinnedBy = "src/test/resources/openai-node/package.json",
        pin = "openai")
class OpenAiNodeSdkIT {

    private static ClientScript check;

    @BeforeAll
    static void runTheCheck() throws IOException, InterruptedException {
        check = ClientScript.node("openai-node", Platform.spent("poor-node").apiKey());
    }

    @Test
    @Covers({Capability.PLAIN, Capability.USAGE})
    void chatAnswersWithUsageThatAddsUp() {
        JsonNode plain = found("plain");
        assertThat(plain.path("content").asString()).isNotEmpty();
        assertThat(plain.path("total").asLong())
                .isPositive()
                .isEqualTo(plain.path("sum").asLong());
        assertThat(plain.path("requestId").asString()).isNotEmpty();
    }

    @Test
    @Covers({Capability.STREAM, Capability.USAGE})
    void aStreamEndsWithAReasonAndUsage() {
        JsonNode stream = found("stream");
        assertThat(stream.path("text").asString()).isNotEmpty();
        assertThat(stream.path("finish").asString()).isEqualTo("stop");
        assertThat(stream.path("ids").asInt()).isEqualTo(1);
        assertThat(stream.path("total").asLong()).isPositive();
    }

    @Test
    @Covers(Capability.MODELS)
    void modelsAreListedAndFound() {
        assertThat(found("models").toString()).contains("\"gpt-4o-mini\"");
        assertThat(found("model").asString()).isEqualTo("gpt-4o-mini");
    }

    @Test
    @Covers(Capability.ERRORS)
    void errorsBecomeTheSdksOwnClasses() {
        assertFailure("unauthorized", 401, "invalid_api_key");
        assertFailure("unknownModel", 404, "model_not_found");
        assertFailure("badRequest", 400, "invalid_request");
    }

    @Test
    @Covers(Capability.ERRORS)
    void aSpentBudgetIsToldOnceAndNotTriedAgain() {
        assertFailure("budgetSpent", 429, "budget_exceeded");
        assertThat(found("budgetSpent.asked").asInt()).isOne();
    }

    @Test
    @Covers(Capability.CANCEL)
    void aStreamCanBeCancelledInTheMiddle() {
        assertThat(found("cancelled").path("seen").asInt()).isBetween(3, 1999);
        assertThat(found("cancelled").path("aborted").asBoolean()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"openai", "anthropic", "gemini"})
    void everyProvidersModelAnswersPlainAndStreamedAlike(String provider) {
        JsonNode plain = found(provider + ".plain");
        JsonNode stream = found(provider + ".stream");
        for (JsonNode answer : new JsonNode[] {plain, stream}) {
            assertThat(answer.at("/message/content").asString()).isNotEmpty();
            assertThat(answer.path("finish_reason").asString()).isEqualTo("stop");
            assertThat(answer.at("/usage/total_tokens").asLong())
                    .isPositive()
                    .isEqualTo(answer.at("/usage/prompt_tokens").asLong()
                            + answer.at("/usage/completion_tokens").asLong());
        }
        assertThat(stream.at("/message/content")).isEqualTo(plain.at("/message/content"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "openai.tool",
                "openai.toolStream",
                "anthropic.tool",
                "anthropic.toolStream",
                "gemini.tool",
                "gemini.toolStream"
            })
    @Covers(Capability.TOOLS)
    void everyProvidersModelCallsATool(String name) {
        JsonNode answer = found(name);
        assertThat(answer.path("finish_reason").asString()).isEqualTo("tool_calls");
        JsonNode call = answer.at("/message/tool_calls/0");
        assertThat(call.path("id").asString()).isNotEmpty();
        assertThat(call.at("/function/name").asString()).isEqualTo("get_weather");
        assertThat(Http.JSON
                        .readTree(call.at("/function/arguments").asString())
                        .path("city")
                        .isString())
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"openai", "anthropic", "gemini"})
    void everyProvidersModelAnswersTheResponsesApiPlainAndStreamedAlike(String provider) {
        JsonNode plain = found(provider + ".response");
        JsonNode stream = found(provider + ".responseStream");
        for (JsonNode answer : new JsonNode[] {plain, stream}) {
            assertThat(answer.path("status").asString()).isEqualTo("completed");
            assertThat(answer.path("text").asString()).isNotEmpty();
            assertThat(answer.at("/usage/total_tokens").asLong())
                    .isPositive()
                    .isEqualTo(answer.at("/usage/input_tokens").asLong()
                            + answer.at("/usage/output_tokens").asLong());
        }
        assertThat(stream.path("text")).isEqualTo(plain.path("text"));
        for (String name : new String[] {".responseTool", ".responseToolStream"}) {
            JsonNode call = found(provider + name).at("/calls/0");
            assertThat(call.path("name").asString()).isEqualTo("get_weather");
            assertThat(Http.JSON
                            .readTree(call.path("arguments").asString())
                            .path("city")
                            .isString())
                    .isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"openai", "anthropic", "gemini"})
    void everyProvidersRateLimitIsTheSdksOwnClassAndItsStreamsCanBeLeft(String provider) {
        JsonNode limited = found(provider + ".limited");
        assertThat(limited.path("mapped").asBoolean()).as(limited.toString()).isTrue();
        assertThat(limited.path("status").asInt()).isEqualTo(429);
        assertThat(limited.path("requestId").asString()).isNotEmpty();
        assertThat(found(provider + ".cancelled").path("chunks").asInt()).isEqualTo(3);
        assertThat(found(provider + ".cancelled").path("aborted").asBoolean()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"text-embedding-3-small", "gemini-embedding-001"})
    @Covers(Capability.EMBEDDINGS)
    void embeddingsInTheSdksDefaultEncodingEqualThoseAsFloats(String model) {
        JsonNode embedded = found(model);
        assertThat(embedded.path("sizes").toString()).isEqualTo("[256,256]");
        assertThat(embedded.path("equal").asBoolean()).isTrue();
        assertThat(embedded.path("apart").asBoolean()).isTrue();
        assertThat(embedded.path("tokens").asLong()).isPositive();
    }

    @Test
    @Covers(Capability.STRUCTURED_OUTPUT)
    void aSchemaShapesTheAnswer() {
        JsonNode town = found("structured");
        assertThat(town.path("name").isString()).as(town.toString()).isTrue();
        assertThat(town.path("people").isIntegralNumber()).as(town.toString()).isTrue();
    }

    @Test
    @Covers(Capability.RETRY)
    void aProvidersRateLimitIsWaitedForAndTriedAgain() {
        assertThat(found("retried").asString()).isNotEmpty();
        assertThat(check.answersWhileLimited()).containsExactly(429, 200);
    }

    private static void assertFailure(String name, int status, String code) {
        JsonNode failure = found(name);
        assertThat(failure.path("mapped").asBoolean()).as(failure.toString()).isTrue();
        assertThat(failure.path("status").asInt()).isEqualTo(status);
        assertThat(failure.path("code").asString()).isEqualTo(code);
        assertThat(failure.path("requestId").asString()).isNotEmpty();
    }

    private static JsonNode found(String name) {
        return check.found(name);
    }
}
