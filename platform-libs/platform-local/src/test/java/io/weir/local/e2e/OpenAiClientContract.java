package io.weir.local.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.local.e2e.MatrixClient.Covers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// What every client that speaks OpenAI's dialect from another process finds. Its script tells the findings under
/// the names used here.
interface OpenAiClientContract {

    ClientScript script();

    /// Whether its errors tell the status of the answer.
    default boolean errorsTellTheStatus() {
        return true;
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt-4o-mini", "claude-haiku-4-5", "gemini-2.5-pro"})
    @Covers({Capability.PLAIN, Capability.STREAM, Capability.USAGE})
    default void aModelOfEachProviderAnswersPlainAndStreamedAlike(String model) {
        JsonNode plain = script().found("plain." + model);
        JsonNode stream = script().found("stream." + model);
        assertThat(plain.path("text").asString()).isNotEmpty();
        assertThat(stream.path("text")).isEqualTo(plain.path("text"));
        assertThat(stream.path("pieces").asInt()).isGreaterThan(2);
        for (JsonNode answer : new JsonNode[] {plain, stream}) {
            assertThat(answer.path("finish").asString()).isEqualToIgnoringCase("stop");
            assertThat(answer.path("prompt").asLong()).isPositive();
            assertThat(answer.path("completion").asLong()).isPositive();
        }
        assertThat(stream.path("completion")).isEqualTo(plain.path("completion"));
    }

    @Test
    @Covers(Capability.TOOLS)
    default void aToolIsCalledAndItsResultAnswered() {
        JsonNode tools = script().found("tools");
        assertThat(tools.path("name").asString()).isEqualTo("get_weather");
        assertThat(tools.path("city").asString()).isNotEmpty();
        assertThat(tools.path("answer").asString()).isNotEmpty();
    }

    @Test
    @Covers(Capability.STRUCTURED_OUTPUT)
    default void aSchemaShapesTheAnswer() {
        JsonNode town = script().found("structured");
        assertThat(town.path("name").isString()).as(town.toString()).isTrue();
        assertThat(town.path("people").isIntegralNumber()).as(town.toString()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"unauthorized, 401", "unknownModel, 404", "badRequest, 400"})
    @Covers(Capability.ERRORS)
    default void errorsBecomeTheClientsOwnClasses(String name, int status) {
        JsonNode failure = script().found(name);
        assertThat(failure.path("mapped").asBoolean()).as(failure.toString()).isTrue();
        if (errorsTellTheStatus()) {
            assertThat(failure.path("status").asInt()).isEqualTo(status);
        }
    }

    @Test
    @Covers(Capability.RETRY)
    default void aProvidersRateLimitIsWaitedForAndTriedAgain() {
        assertThat(script().found("retried").asString()).isNotEmpty();
        assertThat(script().answersWhileLimited()).containsExactly(429, 200);
    }

    @Test
    @Covers(Capability.CANCEL)
    default void aStreamCanBeLeftInTheMiddle() {
        JsonNode left = script().found("cancelled");
        assertThat(left.path("pieces").asInt()).isBetween(3, 100);
        assertThat(left.path("left").asBoolean()).isTrue();
    }

    /// Of a client that makes embeddings.
    interface WithEmbeddings extends OpenAiClientContract {

        @Test
        @Covers(Capability.EMBEDDINGS)
        default void textsBecomeVectors() {
            JsonNode embedded = script().found("embeddings");
            assertThat(embedded.path("sizes").toString()).isEqualTo("[256,256]");
            assertThat(embedded.path("apart").asBoolean()).isTrue();
            assertThat(embedded.path("tokens").asLong()).isPositive();
        }
    }

    /// Of a client that lists models.
    interface WithModels extends OpenAiClientContract {

        @Test
        @Covers(Capability.MODELS)
        default void modelsAreListed() {
            assertThat(script().found("models").toString())
                    .contains("\"gpt-4o-mini\"", "\"claude-haiku-4-5\"", "\"gemini-2.5-pro\"");
        }
    }
}
