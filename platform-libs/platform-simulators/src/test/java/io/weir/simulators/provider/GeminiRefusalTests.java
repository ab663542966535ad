package io.weir.simulators.provider;

import static io.weir.simulators.provider.ContentTests.HELLO;
import static io.weir.simulators.provider.ContentTests.LITE;
import static io.weir.simulators.provider.ContentTests.PRO;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.simulators.provider.SimulatorClient.Answer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GeminiRefusalTests {

    private static final String PATH = "/gemini/v1beta/models/gemini-2.5-pro:generateContent";

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
                "contents is not specified|\"tools\":[]",
                "contents is not specified|\"contents\":[]",
                "Unknown name \"messages\"|\"messages\":[]",
                "Unknown name \"content\" at 'contents[0]'|\"contents\":[{\"role\":\"user\",\"content\":\"a\"}]",
                "valid role: user, model|\"contents\":[{\"role\":\"assistant\",\"parts\":[{\"text\":\"a\"}]}]",
                "parts must not be empty|\"contents\":[{\"role\":\"user\",\"parts\":[]}]",
                "required oneof field 'data'|\"contents\":[{\"role\":\"user\",\"parts\":[{}]}]",
                "Unknown name \"type\" at 'contents[0].parts[0]'|"
                        + "\"contents\":[{\"role\":\"user\",\"parts\":[{\"type\":\"text\",\"text\":\"a\"}]}]",
                "number of function response parts|\"contents\":[{\"role\":\"user\",\"parts\":[{\"text\":\"a\"}]},"
                        + "{\"role\":\"model\",\"parts\":[{\"functionCall\":{\"name\":\"f\",\"args\":{}}}]},"
                        + "{\"role\":\"user\",\"parts\":[{\"text\":\"b\"}]}]",
                "immediately after a user turn|"
                        + "\"contents\":[{\"role\":\"model\",\"parts\":[{\"functionCall\":{\"name\":\"f\",\"args\":{}}}]}]",
                "function_response.response|\"contents\":[{\"role\":\"user\",\"parts\":[{\"text\":\"a\"}]},"
                        + "{\"role\":\"model\",\"parts\":[{\"functionCall\":{\"name\":\"f\",\"args\":{}}}]},"
                        + "{\"role\":\"user\",\"parts\":[{\"functionResponse\":{\"name\":\"f\",\"response\":\"b\"}}]}]",
            })
    void contentsThatGeminiWouldNotTakeAreRefused(String message, String fields) {
        assertRefused(CLIENT.content(LITE, fields), 400, "INVALID_ARGUMENT", message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "maxOutputTokens value of 0|\"generationConfig\":{\"maxOutputTokens\":0}",
                "supported range is from 1|\"generationConfig\":{\"maxOutputTokens\":65537}",
                "temperature must be|\"generationConfig\":{\"temperature\":2.1}",
                "Unknown name \"max_tokens\" at 'generationConfig'|\"generationConfig\":{\"max_tokens\":5}",
                "stop_sequences|\"generationConfig\":{\"stopSequences\":[\"a\",\"b\",\"c\",\"d\",\"e\",\"f\"]}",
                "allowed mimetypes|\"generationConfig\":{\"responseMimeType\":\"text/html\"}",
                "only supported with mime type|\"generationConfig\":{\"responseSchema\":{\"type\":\"OBJECT\"}}",
                "Unknown name \"additionalProperties\"|\"generationConfig\":{\"responseMimeType\":\"application/json\","
                        + "\"responseSchema\":{\"type\":\"OBJECT\",\"additionalProperties\":false}}",
                "Unknown name \"$schema\"|\"tools\":[{\"functionDeclarations\":[{\"name\":\"f\",\"parameters\":"
                        + "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"string\",\"$schema\":\"x\"}}}}]}]",
                "Invalid value at 'tools[0].function_declarations[0].parameters.type'|"
                        + "\"tools\":[{\"functionDeclarations\":[{\"name\":\"f\",\"parameters\":{\"type\":[\"object\"]}}]}]",
                "Invalid function name|\"tools\":[{\"functionDeclarations\":[{\"name\":\"f g\"}]}]",
                "without function_declarations|\"toolConfig\":{\"functionCallingConfig\":{\"mode\":\"ANY\"}}",
                "is not declared|\"tools\":[{\"functionDeclarations\":[{\"name\":\"f\"}]}],\"toolConfig\":"
                        + "{\"functionCallingConfig\":{\"mode\":\"ANY\",\"allowedFunctionNames\":[\"g\"]}}",
                "Budget 0 is invalid|\"generationConfig\":{\"thinkingConfig\":{\"thinkingBudget\":0}}",
                "candidateCount|\"generationConfig\":{\"candidateCount\":9}",
                "unsupported|\"tools\":[{\"functionDeclarations\":[{\"name\":\"f\"}]}],"
                        + "\"generationConfig\":{\"responseMimeType\":\"application/json\"}",
            })
    void aBadParameterIsRefusedNamingIt(String message, String field) {
        assertRefused(CLIENT.content(PRO, HELLO + "," + field), 400, "INVALID_ARGUMENT", message);
    }

    @Test
    void aMissingKeyAWrongKeyAndAKeyInTheAddressAreRefused() {
        String body = "{" + HELLO + "}";
        assertRefused(CLIENT.sendWith("x-goog-api-key", null, PATH, body), 403, "PERMISSION_DENIED", "unregistered");
        assertRefused(
                CLIENT.sendWith("x-goog-api-key", null, PATH + "?key=AIza-test", body),
                403,
                "PERMISSION_DENIED",
                "unregistered");
        Answer wrong = CLIENT.sendWith("x-goog-api-key", "AIza-invalid-1", PATH, body);
        assertRefused(wrong, 400, "INVALID_ARGUMENT", "API key not valid");
        assertThat(wrong.error().at("/details/0/reason").stringValue()).isEqualTo("API_KEY_INVALID");
    }

    @Test
    void unknownModelsMethodsAndMalformedJsonAreRefused() {
        assertRefused(CLIENT.content("gemini-9", HELLO), 404, "NOT_FOUND", "models/gemini-9 is not found");
        assertRefused(CLIENT.content("gemini-embedding-001", HELLO), 404, "NOT_FOUND", "not supported for");
        assertRefused(CLIENT.send("POST", PATH.replace("generate", "invent"), "{}"), 404, "NOT_FOUND", "");
        assertRefused(CLIENT.send("GET", PATH, ""), 404, "NOT_FOUND", "");
        assertRefused(CLIENT.send("POST", PATH, "{\"contents\":"), 400, "INVALID_ARGUMENT", "Invalid JSON payload");
        assertRefused(CLIENT.send("POST", PATH, "[]"), 400, "INVALID_ARGUMENT", "Invalid JSON payload");
        assertRefused(CLIENT.send("POST", PATH, "[".repeat(100_000)), 400, "INVALID_ARGUMENT", "Invalid JSON");
        assertRefused(
                CLIENT.send("POST", PATH.replace("generate", "streamGenerate"), "{" + HELLO + "}"),
                400,
                "INVALID_ARGUMENT",
                "alt=sse");
    }

    @Test
    void aPromptLongerThanTheModelsContextIsRefused() {
        assertRefused(
                CLIENT.content(LITE, HELLO.replace("hello", "water ".repeat(1_048_600))),
                400,
                "INVALID_ARGUMENT",
                "input token count");
    }

    @ParameterizedTest
    @CsvSource({
        "429, RESOURCE_EXHAUSTED",
        "500, INTERNAL",
        "503, UNAVAILABLE",
        "504, DEADLINE_EXCEEDED",
        "403, PERMISSION_DENIED",
        "401, UNAUTHENTICATED"
    })
    void anInjectedErrorCarriesTheBodyOfItsStatus(int status, String name) {
        CLIENT.behave("\"provider\":\"gemini\",\"errorRate\":1,\"errorStatus\":" + status);
        assertRefused(CLIENT.content(PRO, HELLO), status, name, "");
        assertThat(CLIENT.chat(SimulatorClient.HELLO).status()).isEqualTo(200);
    }

    @Test
    void callsBeyondTheLimitAreToldWhenToRetry() {
        CLIENT.behave("\"provider\":\"gemini\",\"requestsPerMinute\":1");
        assertThat(CLIENT.content(LITE, HELLO).status()).isEqualTo(200);
        Answer refused = CLIENT.content(LITE, HELLO);
        assertRefused(refused, 429, "RESOURCE_EXHAUSTED", "quota");
        assertThat(refused.error().at("/details/0/retryDelay").stringValue()).matches("[1-9]\\d?s");
    }

    private static void assertRefused(Answer answer, int code, String status, String message) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(code);
        assertThat(answer.error().path("code").intValue()).isEqualTo(code);
        assertThat(answer.error().path("status").stringValue()).isEqualTo(status);
        assertThat(answer.error().path("message").stringValue()).contains(message);
    }
}
