package io.weir.local.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.local.e2e.MatrixClient.Covers;
import java.io.IOException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// Anthropic's official SDK for Node, run by Node, against a model of each provider.
@SuppressWarnings("NullAway.Init")
@Tag("e2e")
@MatrixClient(
        name = "@anthropic-ai/sdk (Node)",
        artifact = "@anthropic-ai/sdk",
        pinnedBy = "src/test/resources/anthropic-node/package.json",
        pin = "@anthropic-ai/sdk",
        without = Capability.EMBEDDINGS)
class AnthropicNodeSdkIT {

    private static ClientScript check;

    @BeforeAll
    static void runTheCheck() throws IOException, InterruptedException {
        check = ClientScript.node(
                "anthropic-node", Platform.spent("poor-anthropic-node").apiKey());
    }

    @Test
    @Covers(Capability.USAGE)
    void tokensAreCountedAsTheAnswerTellsThem() {
        JsonNode counted = check.found("counted");
        assertThat(counted.path("input").asLong())
                .isPositive()
                .isEqualTo(counted.path("told").asLong());
        assertThat(counted.path("requestId").asString()).isNotEmpty();
    }

    @Test
    void theKeyIsTakenAsABearerToo() {
        assertThat(check.found("bearer").asString()).isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "unauthorized, 401, authentication_error",
        "unknownModel, 404, not_found_error",
        "badRequest, 400, invalid_request_error",
        "budgetSpent, 429, rate_limit_error",
        "openai.limited, 429, rate_limit_error",
        "anthropic.limited, 429, rate_limit_error",
        "gemini.limited, 429, rate_limit_error",
    })
    @Covers(Capability.ERRORS)
    void errorsBecomeTheSdksOwnClasses(String name, int status, String type) {
        JsonNode failure = check.found(name);
        assertThat(failure.path("mapped").asBoolean()).as(failure.toString()).isTrue();
        assertThat(failure.path("status").asInt()).isEqualTo(status);
        assertThat(failure.path("type").asString()).isEqualTo(type);
        assertThat(failure.path("requestId").asString()).isNotEmpty();
    }

    @Test
    void aSpentBudgetIsToldOnceAndNotTriedAgain() {
        assertThat(check.found("budgetSpent.asked").asInt()).isOne();
    }

    @ParameterizedTest
    @ValueSource(strings = {"openai", "anthropic", "gemini"})
    @Covers({Capability.PLAIN, Capability.STREAM, Capability.USAGE})
    void everyProvidersModelAnswersPlainAndStreamedAlike(String provider) {
        JsonNode plain = check.found(provider + ".plain");
        JsonNode stream = check.found(provider + ".stream");
        for (JsonNode answer : new JsonNode[] {plain, stream}) {
            assertThat(answer.at("/content/0/text").asString()).isNotEmpty();
            assertThat(answer.path("stop_reason").asString()).isEqualTo("end_turn");
            assertThat(answer.at("/usage/input_tokens").asLong()).isPositive();
            assertThat(answer.at("/usage/output_tokens").asLong()).isPositive();
        }
        assertThat(stream.at("/content/0/text")).isEqualTo(plain.at("/content/0/text"));
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
        JsonNode answer = check.found(name);
        assertThat(answer.path("stop_reason").asString()).isEqualTo("tool_use");
        JsonNode use = answer.path("content").path(answer.path("content").size() - 1);
        assertThat(use.path("id").asString()).isNotEmpty();
        assertThat(use.path("name").asString()).isEqualTo("get_weather");
        assertThat(use.at("/input/city").isString()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"openai", "anthropic", "gemini"})
    @Covers({Capability.TOOLS, Capability.CANCEL})
    void everyProvidersModelAnswersAToolsResultAndItsStreamsCanBeLeft(String provider) {
        assertThat(check.found(provider + ".answered").at("/content/0/text").asString())
                .isNotEmpty();
        assertThat(check.found(provider + ".cancelled").path("deltas").asInt()).isEqualTo(3);
        assertThat(check.found(provider + ".cancelled").path("aborted").asBoolean())
                .isTrue();
    }

    @Test
    @Covers(Capability.STRUCTURED_OUTPUT)
    void aSchemaShapesTheAnswer() {
        JsonNode town = check.found("structured");
        assertThat(town.path("name").isString()).as(town.toString()).isTrue();
        assertThat(town.path("people").isIntegralNumber()).as(town.toString()).isTrue();
    }

    @Test
    @Covers(Capability.RETRY)
    void aProvidersRateLimitIsWaitedForAndTriedAgain() {
        assertThat(check.found("retried").asString()).isNotEmpty();
        assertThat(check.answersWhileLimited()).containsExactly(429, 200);
    }

    @Test
    @Covers(Capability.MODELS)
    void modelsAreListedAndFound() {
        assertThat(check.found("models").toString())
                .contains("\"gpt-4o-mini\"", "\"claude-haiku-4-5\"", "\"gemini-2.5-pro\"");
        assertThat(check.found("model").path("display_name").asString()).isEqualTo("claude-haiku-4-5");
    }
}
