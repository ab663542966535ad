package io.weir.simulators.provider;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.simulators.provider.SimulatorClient.Answer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// Anthropic's messages, plain.
class MessagesTests {

    static final String HELLO = "\"model\":\"claude-haiku-4-5\",\"max_tokens\":1000,"
            + "\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]";

    static final String TOOLS = """
            "tools":[{"name":"get_time","input_schema":{"type":"object","properties":{}}},
             {"name":"get_weather","input_schema":{"type":"object","properties":
               {"city":{"type":"string"},"days":{"type":"integer"},"unit":{"enum":["celsius","kelvin"]}}}}]""";

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

    @Test
    void aPlainAnswerHasEveryFieldThatClientsRead() {
        Answer answer = CLIENT.message(HELLO);
        JsonNode body = answer.json();
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(answer.headers().firstValue("request-id").orElseThrow()).startsWith("req_");
        assertThat(body.path("id").stringValue()).startsWith("msg_");
        assertThat(body.path("type").stringValue()).isEqualTo("message");
        assertThat(body.path("role").stringValue()).isEqualTo("assistant");
        assertThat(body.path("model").stringValue()).isEqualTo("claude-haiku-4-5-20251001");
        assertThat(body.path("stop_reason").stringValue()).isEqualTo("end_turn");
        assertThat(body.path("stop_sequence").isNull()).isTrue();
        assertThat(body.at("/content/0/type").stringValue()).isEqualTo("text");
        assertThat(body.at("/content/0/text").stringValue()).isNotBlank();
        JsonNode usage = body.path("usage");
        assertThat(usage.path("input_tokens").intValue()).isEqualTo(8);
        assertThat(usage.path("output_tokens").intValue()).isBetween(60, 130);
        assertThat(usage.path("cache_read_input_tokens").isInt()).isTrue();
        assertThat(usage.path("cache_creation_input_tokens").isInt()).isTrue();
        assertThat(usage.at("/cache_creation/ephemeral_5m_input_tokens").isInt())
                .isTrue();
    }

    @Test
    void theLedgerHoldsItUnderTheNameOfTheProvider() {
        Answer answer = CLIENT.message(HELLO);
        JsonNode ledger = CLIENT.ledger();
        JsonNode entry = ledger.path("by_request").path(answer.requestId());
        assertThat(entry.path("provider").stringValue()).isEqualTo("anthropic");
        assertThat(entry.path("model").stringValue()).isEqualTo("claude-haiku-4-5");
        assertThat(entry.path("completion_id").stringValue())
                .isEqualTo(answer.json().path("id").stringValue());
        assertThat(entry.path("text_in").intValue()).isEqualTo(8);
        assertThat(entry.path("text_out").intValue())
                .isEqualTo(answer.json().at("/usage/output_tokens").intValue());
        assertThat(ledger.at("/by_provider/anthropic/requests").intValue()).isEqualTo(1);
        assertThat(ledger.path("by_provider").has("openai")).isFalse();
    }

    @Test
    void theLimitCutsTheAnswer() {
        JsonNode body = CLIENT.message(HELLO.replace("1000", "7")).json();
        assertThat(body.path("stop_reason").stringValue()).isEqualTo("max_tokens");
        assertThat(body.at("/usage/output_tokens").intValue()).isEqualTo(7);
    }

    @Test
    void aStopSequenceEndsTheAnswerAndIsNamed() {
        String whole = CLIENT.message(HELLO).json().at("/content/0/text").stringValue();
        String stop = whole.substring(20, 24);
        JsonNode body = CLIENT.message(HELLO + ",\"stop_sequences\":[\"zzz\",\"" + stop + "\"]")
                .json();
        assertThat(body.at("/content/0/text").stringValue()).isEqualTo(whole.substring(0, whole.indexOf(stop)));
        assertThat(body.path("stop_reason").stringValue()).isEqualTo("stop_sequence");
        assertThat(body.path("stop_sequence").stringValue()).isEqualTo(stop);
    }

    @Test
    void aForcedToolIsUsedWithInputThatFitsItsSchema() {
        JsonNode body = CLIENT.message(
                        HELLO + "," + TOOLS + ",\"tool_choice\":{\"type\":\"tool\",\"name\":\"get_weather\"}")
                .json();
        JsonNode block = body.at("/content/0");
        assertThat(body.path("stop_reason").stringValue()).isEqualTo("tool_use");
        assertThat(block.path("type").stringValue()).isEqualTo("tool_use");
        assertThat(block.path("id").stringValue()).startsWith("toolu_");
        assertThat(block.path("name").stringValue()).isEqualTo("get_weather");
        assertThat(block.at("/input/city").isString()).isTrue();
        assertThat(block.at("/input/days").isInt()).isTrue();
        assertThat(block.at("/input/unit").stringValue()).isEqualTo("celsius");
    }

    @Test
    void leftToItselfTheModelUsesTheToolThatThePromptNames() {
        String asks = HELLO.replace("hello", "Use get_time, please") + "," + TOOLS;
        assertThat(CLIENT.message(asks).json().at("/content/0/name").stringValue())
                .isEqualTo("get_time");
        assertThat(CLIENT.message(asks + ",\"tool_choice\":{\"type\":\"none\"}")
                        .json()
                        .path("stop_reason")
                        .stringValue())
                .isEqualTo("end_turn");
        assertThat(CLIENT.message(HELLO + "," + TOOLS + ",\"tool_choice\":{\"type\":\"any\"}")
                        .json()
                        .path("stop_reason")
                        .stringValue())
                .isEqualTo("tool_use");
    }

    @Test
    void theResultOfAToolIsAnsweredWithText() {
        JsonNode body = CLIENT.message("\"model\":\"claude-haiku-4-5\",\"max_tokens\":100," + TOOLS + """
                        ,"messages":[{"role":"user","content":"use get_time"},
                          {"role":"assistant","content":[{"type":"tool_use","id":"toolu_1","name":"get_time","input":{}}]},
                          {"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_1","content":"noon"}]}]""")
                .json();
        assertThat(body.at("/content/0/type").stringValue()).isEqualTo("text");
    }

    @Test
    void aSchemaOfTheAnswerIsFitted() {
        JsonNode body = CLIENT.message(HELLO + ",\"output_config\":{\"format\":{\"type\":\"json_schema\",\"schema\":"
                        + "{\"type\":\"object\",\"properties\":{\"ok\":{\"type\":\"boolean\"}}}}}")
                .json();
        assertThat(body.at("/content/0/text").stringValue()).isEqualTo("{\"ok\":true}");
    }

    @Test
    void whatIsMarkedForTheCacheIsWrittenOnceAndReadFromThenOn() {
        String long1 = "water ".repeat(1_100);
        String fields = HELLO + ",\"system\":[{\"type\":\"text\",\"text\":\"" + long1
                + "\",\"cache_control\":{\"type\":\"ephemeral\"}}]";
        JsonNode first = CLIENT.message(fields).json().path("usage");
        JsonNode second = CLIENT.message(fields).json().path("usage");
        int written = first.path("cache_creation_input_tokens").intValue();
        assertThat(written).isGreaterThan(1_024);
        assertThat(first.at("/cache_creation/ephemeral_5m_input_tokens").intValue())
                .isEqualTo(written);
        assertThat(second.path("cache_read_input_tokens").intValue()).isEqualTo(written);
        assertThat(second.path("cache_creation_input_tokens").intValue()).isZero();
        assertThat(second.path("input_tokens").intValue())
                .isEqualTo(first.path("input_tokens").intValue());
        JsonNode hour = CLIENT.message(
                        fields.replace("water", "river").replace("\"ephemeral\"", "\"ephemeral\",\"ttl\":\"1h\""))
                .json()
                .path("usage");
        assertThat(hour.at("/cache_creation/ephemeral_1h_input_tokens").intValue())
                .isGreaterThan(1_024);
        assertThat(CLIENT.ledger().path("by_request").valueStream())
                .allMatch(entry -> entry.path("text_in").intValue() > 1_024)
                .anyMatch(entry -> entry.path("text_in_cached").intValue() == written)
                .anyMatch(entry -> entry.path("cache_write").intValue() == written);
    }

    @Test
    void whatIsThoughtIsPartOfTheOutput() {
        assertThat(CLIENT.message(HELLO).json().path("usage").has("output_tokens_details"))
                .isFalse();
        Answer answer = CLIENT.message(HELLO + ",\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":1024}");
        JsonNode usage = answer.json().path("usage");
        int thought = usage.at("/output_tokens_details/thinking_tokens").intValue();
        assertThat(thought).isBetween(30, 65);
        assertThat(usage.path("output_tokens").intValue()).isBetween(thought + 60, thought + 130);
        JsonNode entry = CLIENT.ledger().path("by_request").path(answer.requestId());
        assertThat(entry.path("reasoning_out").intValue()).isEqualTo(thought);
    }

    @Test
    void theBehaviourSetsTheBucketsOfThePrompt() {
        CLIENT.behave("\"provider\":\"anthropic\",\"cachedTokens\":5,\"cacheWriteTokens\":2,\"outputTokens\":9");
        JsonNode usage = CLIENT.message(HELLO).json().path("usage");
        assertThat(usage.path("cache_read_input_tokens").intValue()).isEqualTo(5);
        assertThat(usage.path("cache_creation_input_tokens").intValue()).isEqualTo(2);
        assertThat(usage.path("input_tokens").intValue()).isEqualTo(1);
        assertThat(usage.path("output_tokens").intValue()).isEqualTo(9);
        CLIENT.behave("\"provider\":\"anthropic\",\"usageMissing\":true");
        assertThat(CLIENT.message(HELLO).json().has("usage")).isFalse();
    }
}
