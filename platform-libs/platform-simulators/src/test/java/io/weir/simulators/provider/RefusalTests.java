package io.weir.simulators.provider;

import static io.weir.simulators.provider.SimulatorClient.HELLO;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.simulators.provider.SimulatorClient.Answer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RefusalTests {

    private static final ProviderSimulator SIMULATOR = ProviderSimulator.start(ProviderSimulatorOptions.onAnyPort());
    private static final SimulatorClient CLIENT = new SimulatorClient(SIMULATOR);

    @AfterAll
    static void stop() {
        CLIENT.close();
        SIMULATOR.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            nullValues = "null",
            value = {
                "400|null|null|\"messages\":[]",
                "400|model|invalid_type|\"model\":4,\"messages\":[]",
                "404|null|model_not_found|\"model\":\"gpt-9\",\"messages\":[]",
                "404|model|null|\"model\":\"text-embedding-3-small\",\"messages\":[]",
                "400|messages|missing_required_parameter|\"model\":\"gpt-4o\"",
                "400|messages|invalid_type|\"model\":\"gpt-4o\",\"messages\":\"hi\"",
                "400|messages|empty_array|\"model\":\"gpt-4o\",\"messages\":[]",
                "400|messages[0]|invalid_type|\"model\":\"gpt-4o\",\"messages\":[\"hi\"]",
                "400|messages[0].role|invalid_value|\"model\":\"gpt-4o\",\"messages\":[{\"role\":\"robot\",\"content\":\"a\"}]",
                "400|messages[0].content|invalid_type|\"model\":\"gpt-4o\",\"messages\":[{\"role\":\"user\",\"content\":null}]",
                "400|messages[1].content|invalid_type|"
                        + "\"model\":\"gpt-4o\",\"messages\":[{\"role\":\"user\",\"content\":\"a\"},{\"role\":\"user\",\"content\":5}]",
            })
    void aBadBodyIsRefusedNamingTheField(int status, String param, String code, String fields) {
        assertRefused(CLIENT.chat(fields), status, param, code);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            nullValues = "null",
            value = {
                "max_tokens|integer_below_min_value|\"max_tokens\":0",
                "max_tokens|invalid_type|\"max_tokens\":\"many\"",
                "max_tokens|invalid_value|\"max_tokens\":16385",
                "max_completion_tokens|integer_above_max_value|\"max_completion_tokens\":99999999999999999999",
                "max_tokens|invalid_parameter_combination|\"max_tokens\":5,\"max_completion_tokens\":5",
                "temperature|decimal_above_max_value|\"temperature\":2.1",
                "top_p|decimal_below_min_value|\"top_p\":-0.1",
                "n|integer_above_max_value|\"n\":129",
                "stream|invalid_type|\"stream\":\"yes\"",
                "stream_options|null|\"stream_options\":{\"include_usage\":true}",
                "stop|invalid_type|\"stop\":[\"a\",\"b\",\"c\",\"d\",\"e\"]",
                "tools|invalid_type|\"tools\":{}",
                "tools[0].function|missing_required_parameter|\"tools\":[{}]",
                "tool_choice|null|\"tool_choice\":\"auto\"",
                "tool_choice|invalid_value|\"tools\":[{\"function\":{\"name\":\"f\"}}],\"tool_choice\":\"perhaps\"",
                "tool_choice|null|"
                        + "\"tools\":[{\"function\":{\"name\":\"f\"}}],\"tool_choice\":{\"function\":{\"name\":\"g\"}}",
            })
    void aBadParameterIsRefusedNamingIt(String param, String code, String field) {
        assertRefused(CLIENT.chat(HELLO + "," + field), 400, param, code);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {"{\"model\":", "[]", "7", "`\u0000`", "{'model':'gpt-4o'}"})
    void whatIsNoJsonObjectIsRefused(String body) {
        Answer answer = CLIENT.send("POST", "/v1/chat/completions", body);
        assertRefused(answer, 400, null, null);
        assertThat(answer.error().path("message").stringValue()).contains("could not parse");
    }

    @Test
    void deepNestingIsRefusedNotAServerError() {
        assertThat(CLIENT.send("POST", "/v1/chat/completions", "[".repeat(100_000))
                        .status())
                .isEqualTo(400);
    }

    @Test
    void unknownFieldsAreIgnored() {
        assertThat(CLIENT.chat(HELLO + ",\"x_unheard_of\":{\"a\":[1]}").status())
                .isEqualTo(200);
    }

    @Test
    void aPromptLongerThanTheModelsContextIsRefused() {
        String prompt = "water ".repeat(130_000);
        Answer answer = CLIENT.chat(
                "\"model\":\"gpt-4o-mini\",\"messages\":[{\"role\":\"user\",\"content\":\"" + prompt + "\"}]");
        assertRefused(answer, 400, "messages", "context_length_exceeded");
    }

    @Test
    void aMissingKeyAndAWrongKeyAreRefused() {
        assertRefused(CLIENT.sendWithoutKey("/v1/models"), 401, null, null);
        assertRefused(CLIENT.sendWithKey("Basic abc", HELLO), 401, null, null);
        assertRefused(CLIENT.sendWithKey("Bearer sk-invalid-1", HELLO), 401, null, "invalid_api_key");
    }

    @Test
    void unknownPathsModelsAndMethodsAreRefusedInTheSameEnvelope() {
        assertRefused(CLIENT.send("POST", "/v1/chat/complete", "{}"), 404, null, null);
        assertRefused(CLIENT.send("GET", "/v1/models/gpt-9", ""), 404, null, "model_not_found");
        assertRefused(CLIENT.send("GET", "/v1/chat/completions", ""), 405, null, "method_not_supported");
        assertRefused(CLIENT.send("DELETE", "/v1/models", ""), 405, null, "method_not_supported");
    }

    private static void assertRefused(Answer answer, int status, @Nullable String param, @Nullable String code) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.requestId()).startsWith("req_");
        assertThat(answer.error().propertyNames()).containsExactlyInAnyOrder("message", "type", "param", "code");
        assertThat(answer.error().path("message").stringValue()).isNotBlank();
        assertThat(answer.error().path("param").asString(null)).isEqualTo(param);
        assertThat(answer.error().path("code").asString(null)).isEqualTo(code);
    }
}
