package io.weir.simulators.provider;

import static io.weir.simulators.provider.MessagesTests.HELLO;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.simulators.provider.SimulatorClient.Answer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AnthropicRefusalTests {

    private static final String PATH = "/anthropic/v1/messages";

    private static final ProviderSimulator SIMULATOR = ProviderSimulator.start(ProviderSimulatorOptions.onAnyPort());
    private static final SimulatorClient CLIENT = new SimulatorClient(SIMULATOR);

    @BeforeEach
    void friendlyProvider() {
        CLIENT.send("DELETE", "/_behaviour", "");
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
                "model: Field required|\"max_tokens\":5,\"messages\":[]",
                "max_tokens: Field required|\"model\":\"claude-haiku-4-5\",\"messages\":[]",
                "max_tokens: must be|\"model\":\"claude-haiku-4-5\",\"max_tokens\":0,\"messages\":[]",
                "max_tokens: 64001 > 64000|\"model\":\"claude-haiku-4-5\",\"max_tokens\":64001,\"messages\":[]",
                "max_tokens: Input should|\"model\":\"claude-haiku-4-5\",\"max_tokens\":\"5\",\"messages\":[]",
                "messages: Field required|\"model\":\"claude-haiku-4-5\",\"max_tokens\":5",
                "messages: at least one|\"model\":\"claude-haiku-4-5\",\"max_tokens\":5,\"messages\":[]",
                "n: Extra inputs|\"model\":\"claude-haiku-4-5\",\"n\":2",
            })
    void aBadBodyIsRefusedNamingTheField(String message, String fields) {
        assertRefused(CLIENT.message(fields), 400, "invalid_request_error", message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "Unexpected role \"system\"|{\"role\":\"system\",\"content\":\"a\"}",
                "first message must use the \"user\" role|{\"role\":\"assistant\",\"content\":\"a\"}",
                "messages.0.role|{\"role\":\"tool\",\"content\":\"a\"}",
                "messages.0.content: Field required|{\"role\":\"user\"}",
                "messages.0: all messages must have non-empty content|{\"role\":\"user\",\"content\":\"\"}",
                "text content blocks must be non-empty|{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"\"}]}",
                "messages.0.content.0: Input tag 'image_url'|{\"role\":\"user\",\"content\":[{\"type\":\"image_url\"}]}",
                "unexpected `tool_use_id`|"
                        + "{\"role\":\"user\",\"content\":[{\"type\":\"tool_result\",\"tool_use_id\":\"x\"}]}",
                "messages.1: `tool_use` ids were found without|{\"role\":\"user\",\"content\":\"a\"},"
                        + "{\"role\":\"assistant\",\"content\":[{\"type\":\"tool_use\",\"id\":\"x\",\"name\":\"f\",\"input\":{}}]},"
                        + "{\"role\":\"user\",\"content\":\"b\"}",
                "trailing whitespace|{\"role\":\"user\",\"content\":\"a\"},{\"role\":\"assistant\",\"content\":\"b \"}",
            })
    void messagesThatAnthropicWouldNotTakeAreRefused(String message, String messages) {
        assertRefused(
                CLIENT.message("\"model\":\"claude-haiku-4-5\",\"max_tokens\":5,\"messages\":[" + messages + "]"),
                400,
                "invalid_request_error",
                message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "temperature: range: 0..1|\"temperature\":1.5",
                "cannot both be specified|\"temperature\":0.5,\"top_p\":0.5",
                "tools.0.custom.input_schema.type|\"tools\":[{\"name\":\"f\",\"input_schema\":{}}]",
                "tools.0.custom.name|\"tools\":[{\"name\":\"f g\",\"input_schema\":{\"type\":\"object\"}}]",
                "tool_choice may only be specified|\"tool_choice\":{\"type\":\"auto\"}",
                "Tool 'g' not found|\"tools\":[{\"name\":\"f\",\"input_schema\":{\"type\":\"object\"}}],"
                        + "\"tool_choice\":{\"type\":\"tool\",\"name\":\"g\"}",
                "tool_choice: Input tag|\"tools\":[{\"name\":\"f\",\"input_schema\":{\"type\":\"object\"}}],"
                        + "\"tool_choice\":{\"type\":\"required\"}",
                "stop_sequences: each|\"stop_sequences\":[\" \"]",
                "system: Input|\"system\":{}",
            })
    void aBadParameterIsRefusedNamingIt(String message, String field) {
        assertRefused(CLIENT.message(HELLO + "," + field), 400, "invalid_request_error", message);
    }

    @Test
    void turnsOfOneRoleInARowAreTaken() {
        assertThat(CLIENT.message("\"model\":\"claude-haiku-4-5\",\"max_tokens\":5,\"messages\":["
                                + "{\"role\":\"user\",\"content\":\"a\"},{\"role\":\"user\",\"content\":\"b\"}]")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void aMissingKeyAWrongKeyAndAMissingVersionAreRefused() {
        String body = "{" + HELLO + "}";
        assertRefused(CLIENT.sendWith("x-api-key", null, PATH, body), 401, "authentication_error", "x-api-key header");
        assertRefused(
                CLIENT.sendWith("x-api-key", "sk-ant-invalid-1", PATH, body),
                401,
                "authentication_error",
                "invalid x-api-key");
        assertRefused(
                CLIENT.sendWith("anthropic-version", null, PATH, body),
                400,
                "invalid_request_error",
                "anthropic-version: header is required");
    }

    @Test
    void anUnknownModelMalformedJsonAndUnknownPathsAreRefused() {
        assertRefused(
                CLIENT.message(HELLO.replace("claude-haiku-4-5", "claude-9")),
                404,
                "not_found_error",
                "model: claude-9");
        assertRefused(CLIENT.send("POST", PATH, "{\"model\":"), 400, "invalid_request_error", "not valid JSON");
        assertRefused(CLIENT.send("POST", PATH, "[]"), 400, "invalid_request_error", "valid dictionary");
        assertRefused(CLIENT.send("POST", PATH, "[".repeat(100_000)), 400, "invalid_request_error", "JSON");
        assertRefused(CLIENT.send("POST", "/anthropic/v1/complete", "{}"), 404, "not_found_error", "");
        assertRefused(CLIENT.send("GET", PATH, ""), 405, "invalid_request_error", "");
    }

    @Test
    void aPromptLongerThanTheModelsContextIsRefused() {
        assertRefused(
                CLIENT.message(HELLO.replace("hello", "water ".repeat(200_001))),
                400,
                "invalid_request_error",
                "prompt is too long");
    }

    @ParameterizedTest
    @CsvSource({
        "429, rate_limit_error",
        "500, api_error",
        "503, api_error",
        "529, overloaded_error",
        "504, timeout_error",
        "403, permission_error",
        "401, authentication_error"
    })
    void anInjectedErrorCarriesTheBodyOfItsStatus(int status, String type) {
        CLIENT.behave("\"provider\":\"anthropic\",\"errorRate\":1,\"errorStatus\":" + status);
        Answer answer = CLIENT.message(HELLO);
        assertRefused(answer, status, type, "");
        assertThat(answer.headers().firstValue("retry-after").isPresent()).isEqualTo(status == 429);
    }

    @Test
    void callsBeyondTheLimitGet429WhileAnotherProviderServes() {
        CLIENT.behave("\"provider\":\"anthropic\",\"requestsPerMinute\":1");
        assertThat(CLIENT.message(HELLO).status()).isEqualTo(200);
        Answer refused = CLIENT.message(HELLO);
        assertRefused(refused, 429, "rate_limit_error", "rate limit");
        assertThat(refused.headers().firstValueAsLong("retry-after").orElseThrow())
                .isBetween(1L, 60L);
        assertThat(CLIENT.chat(SimulatorClient.HELLO).status()).isEqualTo(200);
    }

    private static void assertRefused(Answer answer, int status, String type, String message) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.json().path("type").stringValue()).isEqualTo("error");
        assertThat(answer.error().path("type").stringValue()).isEqualTo(type);
        assertThat(answer.error().path("message").stringValue()).contains(message);
        assertThat(answer.json().path("request_id").stringValue()).isEqualTo(answer.requestId());
    }
}
