package io.weir.problem;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ErrorBodyTests {

    @ParameterizedTest
    @CsvSource({
        "/v1/messages, ANTHROPIC",
        "/v1/messages/, ANTHROPIC",
        "/v1/messages/count_tokens, ANTHROPIC",
        "/v1/messages?beta=true, ANTHROPIC",
        "/v1/messagesque, OPENAI",
        "/v1, OPENAI",
        "/v1?a=/v1/messages, OPENAI",
        "/v1/chat/completions, OPENAI",
        "/v10, PROBLEM_DETAILS",
        "/api/tenants, PROBLEM_DETAILS",
        "/api/v1/messages, PROBLEM_DETAILS",
        "//v1/messages, ANTHROPIC",
        "/v1//messages, ANTHROPIC",
        "/v1//chat, OPENAI",
        "http://weir.example/v1/messages, ANTHROPIC",
        "http://weir.example/v1/models, OPENAI",
        "http://weir.example, PROBLEM_DETAILS",
        "/api?to=http://weir.example/v1, PROBLEM_DETAILS",
    })
    void thePathChoosesTheShape(String path, ErrorShape shape) {
        assertThat(ErrorShape.of(path)).isEqualTo(shape);
        PlatformException problem = PlatformException.invalid("max_tokens", "Send 'max_tokens'.");
        JsonNode body = JsonMapper.shared()
                .readTree(ErrorBody.forPath(path, problem, "req-1").bytes());
        switch (shape) {
            case ANTHROPIC ->
                assertThat(body.toString())
                        .isEqualTo("{\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\","
                                + "\"message\":\"Send 'max_tokens'.\"},\"request_id\":\"req-1\"}");
            case OPENAI -> assertThat(body.at("/error/param").asString()).isEqualTo("max_tokens");
            case PROBLEM_DETAILS -> assertThat(body.path("param").asString()).isEqualTo("max_tokens");
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyProblemHasATypeOfAnthropics(ProblemType type) {
        String expected = switch (type.status()) {
            case 401 -> "authentication_error";
            case 403 -> "permission_error";
            case 404 -> "not_found_error";
            case 413 -> "request_too_large";
            case 429 -> "rate_limit_error";
            case 503 -> "overloaded_error";
            case 500, 502, 504 -> "api_error";
            default -> "invalid_request_error";
        };
        assertThat(type.anthropicType()).isEqualTo(expected);
    }

    @Test
    void agentsAreToldOfAPromptThatIsTooLongInWordsThatTheyKnow() {
        assertThat(new String(
                        ErrorBody.anthropicBytes(ProblemType.CONTEXT_LENGTH_EXCEEDED, "It has 9 tokens.", "req-1"),
                        StandardCharsets.UTF_8))
                .contains("\"message\":\"prompt is too long: It has 9 tokens.\"");
    }
}
