package io.weir.orchestration.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.orchestration.dialect.ProviderError.Kind;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProviderErrorTests {

    private static ProviderError read(String provider, int status, String body) {
        ProviderDialect dialect = Golden.DIALECTS.stream()
                .filter(each -> each.name().equals(provider))
                .findFirst()
                .orElseThrow();
        return dialect.error(status, body.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            400 | invalid_request_error | messages.0: Field required                                | BAD_REQUEST
            400 | invalid_request_error | prompt is too long: 209000 tokens > 200000 maximum        | CONTEXT_LENGTH
            400 | invalid_request_error | input length and `max_tokens` exceed context limit: 1 + 2 | CONTEXT_LENGTH
            400 | invalid_request_error | Output blocked by content filtering policy                | CONTENT_POLICY
            400 | invalid_request_error | Your credit balance is too low to access the API.         | ACCOUNT_USED_UP
            401 | authentication_error  | invalid x-api-key                                         | ACCESS
            402 | billing_error         | Check your payment details.                               | ACCOUNT_USED_UP
            403 | permission_error      | no permission                                             | ACCESS
            404 | not_found_error       | model: claude-9                                           | NO_SUCH_MODEL
            413 | request_too_large     | Request exceeds the maximum size                          | TOO_LARGE
            429 | rate_limit_error      | rate limit                                                | RATE_LIMITED
            500 | api_error             | Internal server error                                     | BROKEN
            504 | timeout_error         | Request timed out                                         | BROKEN
            529 | overloaded_error      | Overloaded                                                | OVERLOADED
            503 | overloaded_error      | Overloaded                                                | OVERLOADED
            418 | future_error          | x                                                         | UNKNOWN
            """)
    void anthropicsErrors(int status, String type, String message, Kind kind) {
        ProviderError error = read(
                "anthropic",
                status,
                "{\"type\":\"error\",\"error\":{\"type\":\"" + type + "\",\"message\":\"" + message + "\"}}");
        assertThat(error.kind()).isEqualTo(kind);
        assertThat(error.said()).isEqualTo(message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            400 | INVALID_ARGUMENT    | Invalid value at 'contents'                                                | BAD_REQUEST
            400 | INVALID_ARGUMENT    | The input token count (2) exceeds the maximum number of tokens allowed (1) | CONTEXT_LENGTH
            400 | INVALID_ARGUMENT    | API key not valid. Please pass a valid API key.                            | ACCESS
            400 | FAILED_PRECONDITION | User location is not supported for the API use.                            | ACCESS
            401 | UNAUTHENTICATED     | Request had invalid authentication credentials.                            | ACCESS
            403 | PERMISSION_DENIED   | The caller does not have permission                                        | ACCESS
            404 | NOT_FOUND           | models/gemini-9 is not found                                               | NO_SUCH_MODEL
            429 | RESOURCE_EXHAUSTED  | You exceeded your current quota                                            | RATE_LIMITED
            500 | INTERNAL            | An internal error has occurred                                             | BROKEN
            503 | UNAVAILABLE         | The model is overloaded                                                    | BROKEN
            504 | DEADLINE_EXCEEDED   | Deadline expired                                                           | BROKEN
            413 | FUTURE              | x                                                                          | TOO_LARGE
            """)
    void geminisErrors(int status, String name, String message, Kind kind) {
        String body =
                "{\"error\":{\"code\":" + status + ",\"status\":\"" + name + "\",\"message\":\"" + message + "\"}}";
        assertThat(read("gemini", status, body).kind()).isEqualTo(kind);
        assertThat(read("gemini", status, "[" + body + "]").said()).isEqualTo(message);
    }

    @Test
    void geminiSaysInTheBodyHowLongToWait() {
        ProviderError error = read("gemini", 429, """
                        {"error":{"code":429,"status":"RESOURCE_EXHAUSTED","message":"x","details":[
                         {"@type":"type.googleapis.com/google.rpc.QuotaFailure"},
                         {"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"7.5s"}]}}
                        """);
        assertThat(error.retryAfter()).isEqualTo(Duration.ofMillis(7_500));
        assertThat(read("gemini", 429, "{\"error\":{\"details\":[{\"retryDelay\":\"86400s\"}]}}")
                        .retryAfter())
                .isEqualTo(Duration.ofMinutes(1));
        assertThat(read("gemini", 429, "{\"error\":{\"details\":[{\"retryDelay\":\"soon\"}]}}")
                        .retryAfter())
                .isNull();
    }

    @ParameterizedTest
    @CsvSource({"openai", "anthropic", "gemini"})
    void aBodyThatIsNoErrorLeavesTheStatus(String provider) {
        for (String body :
                new String[] {"", "<html>", "[]", "null", "{\"error\":\"x\"}", "{\"error\":{\"message\":5}}"}) {
            assertThat(read(provider, 429, body).kind()).isEqualTo(Kind.RATE_LIMITED);
            assertThat(read(provider, 502, body).kind()).isEqualTo(Kind.BROKEN);
            assertThat(read(provider, 400, body).kind()).isEqualTo(Kind.BAD_REQUEST);
        }
        assertThat(read(provider, 400, "{\"error\":{\"message\":\"" + "x".repeat(5_000) + "\"}}")
                        .said())
                .hasSize(1_000);
    }

    @Test
    void openAisCodesSayMoreThanTheStatus() {
        assertThat(read("openai", 429, "{\"error\":{\"code\":\"insufficient_quota\"}}")
                        .kind())
                .isEqualTo(Kind.ACCOUNT_USED_UP);
        for (String code : new String[] {"content_policy_violation", "content_filter"}) {
            assertThat(read("openai", 400, "{\"error\":{\"code\":\"" + code + "\"}}")
                            .kind())
                    .isEqualTo(Kind.CONTENT_POLICY);
        }
        ProviderError error =
                read("openai", 400, "{\"error\":{\"code\":\"context_length_exceeded\",\"param\":\"messages\"}}");
        assertThat(error.kind()).isEqualTo(Kind.CONTEXT_LENGTH);
        assertThat(error.param()).isEqualTo("messages");
    }
}
