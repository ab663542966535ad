package io.weir.simulators.provider;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.simulators.provider.SimulatorClient.Answer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/// How long answers are and what their tokens are called, over OpenAI's wire form.
class AnswerShapeTests {

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
    @CsvSource({
        "Classify ticket number, 12",
        "Extract the date of note, 60",
        "Translate to French sentence, 110",
        "Summarise page, 140",
        "Write a function numbered, 320",
        "Write an essay on river, 700",
        "What is the depth of lake, 90"
    })
    void theTaskDecidesTheLengthOfMostAnswersWithinAFifth(String prompt, int median) {
        long near = IntStream.range(0, 40)
                .map(number -> CLIENT.chatted(asking("gpt-4o-mini", prompt + " " + number))
                        .at("/usage/completion_tokens")
                        .intValue())
                .filter(length -> Math.abs(length - median) <= 0.2 * median)
                .count();
        assertThat(near).isGreaterThanOrEqualTo(35);
    }

    @Test
    void theTaskIsThatOfTheFirstUserMessage() {
        JsonNode body = CLIENT.chatted("\"model\":\"gpt-4o-mini\",\"messages\":["
                + "{\"role\":\"system\",\"content\":\"Translate nothing\"},"
                + "{\"role\":\"user\",\"content\":\"Classify this\"},"
                + "{\"role\":\"assistant\",\"content\":\"done\"},"
                + "{\"role\":\"user\",\"content\":\"Write an essay\"}]");
        assertThat(body.at("/usage/completion_tokens").intValue()).isLessThan(20);
    }

    @Test
    void aReasoningModelsThoughtsArePartOfItsCompletionAndOfItsLimit() {
        Answer answer = CLIENT.chat(asking("gpt-5.2", "hello"));
        JsonNode usage = answer.json().path("usage");
        int thought = usage.at("/completion_tokens_details/reasoning_tokens").intValue();
        assertThat(thought).isBetween(30, 65);
        assertThat(usage.path("completion_tokens").intValue()).isBetween(thought + 60, thought + 130);
        assertThat(CLIENT.ledger()
                        .path("by_request")
                        .path(answer.requestId())
                        .path("reasoning_out")
                        .intValue())
                .isEqualTo(thought);
        JsonNode limited = CLIENT.chatted(asking("gpt-5.2", "hello") + ",\"max_completion_tokens\":80");
        assertThat(limited.at("/usage/completion_tokens").intValue()).isEqualTo(80);
        assertThat(limited.at("/choices/0/finish_reason").stringValue()).isEqualTo("length");
        JsonNode unthinking = CLIENT.chatted(asking("gpt-5.2", "hello") + ",\"reasoning_effort\":\"none\"");
        assertThat(unthinking
                        .at("/usage/completion_tokens_details/reasoning_tokens")
                        .intValue())
                .isZero();
    }

    @Test
    void aStreamsUsageAndLedgerCountTheThoughtsToo() {
        CLIENT.behave("\"provider\":\"openai\",\"reasoningTokens\":40,\"outputTokens\":10");
        Answer answer =
                CLIENT.chat(asking("gpt-4o", "hello") + ",\"stream\":true,\"stream_options\":{\"include_usage\":true}");
        JsonNode usage = answer.events().getLast().path("usage");
        assertThat(usage.path("completion_tokens").intValue()).isEqualTo(50);
        assertThat(CLIENT.ledger()
                        .path("by_request")
                        .path(answer.requestId())
                        .path("text_out")
                        .intValue())
                .isEqualTo(50);
    }

    @Test
    void aLongInstructionIsReadFromTheCacheTheSecondTime() {
        String fields = "\"model\":\"gpt-4o\",\"messages\":[{\"role\":\"system\",\"content\":\""
                + "water ".repeat(1_100) + "\"},{\"role\":\"user\",\"content\":\"hello\"}]";
        assertThat(cachedBy(fields)).isZero();
        assertThat(cachedBy(fields)).isGreaterThan(1_024);
        assertThat(cachedBy(fields.replace("gpt-4o", "gpt-4o-mini"))).isZero();
        Answer another = CLIENT.sendWithKey("Bearer sk-another", fields);
        assertThat(another.json()
                        .at("/usage/prompt_tokens_details/cached_tokens")
                        .intValue())
                .isZero();
    }

    @Test
    void theBehaviourSetsTheBucketsOfThePromptWithinIt() {
        CLIENT.behave("\"provider\":\"openai\",\"cachedTokens\":5,\"cacheWriteTokens\":100");
        JsonNode details = CLIENT.chatted(asking("gpt-5.6-sol", "hello")).at("/usage/prompt_tokens_details");
        assertThat(details.path("cached_tokens").intValue()).isEqualTo(5);
        assertThat(details.path("cache_write_tokens").intValue()).isEqualTo(3);
    }

    @Test
    void aSchemaOfTheAnswerIsFitted() {
        JsonNode body = CLIENT.chatted(asking("gpt-4o", "hello")
                + ",\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"n\",\"schema\":"
                + "{\"type\":\"object\",\"properties\":{\"ok\":{\"type\":\"boolean\"}}}}}");
        assertThat(body.at("/choices/0/message/content").stringValue()).isEqualTo("{\"ok\":true}");
        assertThat(CLIENT.chat(asking("gpt-4o", "hello") + ",\"response_format\":{\"type\":\"xml\"}")
                        .error()
                        .path("param")
                        .stringValue())
                .isEqualTo("response_format.type");
    }

    @Test
    void theCallersOwnIdStandsInTheLedger() {
        CLIENT.sendWith("x-client-request-id", "abc", "/v1/chat/completions", "{" + asking("gpt-4o", "hello") + "}");
        assertThat(CLIENT.ledger().path("by_request").valueStream())
                .singleElement()
                .satisfies(entry -> assertThat(entry.path("client_request_id").stringValue())
                        .isEqualTo("abc"));
    }

    private static int cachedBy(String fields) {
        return CLIENT.chatted(fields)
                .at("/usage/prompt_tokens_details/cached_tokens")
                .intValue();
    }

    private static String asking(String model, String prompt) {
        return "\"model\":\"" + model + "\",\"messages\":[{\"role\":\"user\",\"content\":\"" + prompt + "\"}]";
    }
}
