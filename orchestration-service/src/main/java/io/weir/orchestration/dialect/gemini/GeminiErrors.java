package io.weir.orchestration.dialect.gemini;

import io.weir.orchestration.dialect.ProviderError;
import io.weir.orchestration.dialect.ProviderError.Kind;
import io.weir.orchestration.dialect.WireJson;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/// Google's errors: `{"error": {"code", "message", "status", "details"}}`, at times within an array.
final class GeminiErrors {

    private static final BigDecimal LONGEST_WAIT = BigDecimal.valueOf(60);

    private GeminiErrors() {}

    static ProviderError read(int status, byte[] body) {
        JsonNode error = error(body);
        String said = error.path("message").asString("");
        Kind kind = kind(status, error.path("status").asString(""), error, said.toLowerCase(Locale.ROOT));
        return new ProviderError(kind, ProviderError.shortened(said), null, retryDelay(error));
    }

    private static JsonNode error(byte[] body) {
        try {
            JsonNode answer = WireJson.read(body);
            return (answer.isArray() ? answer.path(0) : answer).path("error");
        } catch (JacksonException notJson) {
            return ProviderError.member(body);
        }
    }

    private static Kind kind(int status, String name, JsonNode error, String said) {
        return switch (name) {
            case "INVALID_ARGUMENT", "OUT_OF_RANGE" -> badRequest(error, said);
            // The account's region or billing, not the request.
            case "FAILED_PRECONDITION", "UNAUTHENTICATED", "PERMISSION_DENIED" -> Kind.ACCESS;
            case "NOT_FOUND" -> Kind.NO_SUCH_MODEL;
            case "RESOURCE_EXHAUSTED" -> Kind.RATE_LIMITED;
            case "INTERNAL", "UNAVAILABLE", "DEADLINE_EXCEEDED", "ABORTED", "UNKNOWN" -> Kind.BROKEN;
            default -> ProviderError.kindOf(status);
        };
    }

    // A wrong key is a 400 here.
    private static Kind badRequest(JsonNode error, String said) {
        for (JsonNode detail : error.path("details").values()) {
            if (detail.path("reason").asString("").startsWith("API_KEY_")) {
                return Kind.ACCESS;
            }
        }
        if (said.startsWith("api key")) {
            return Kind.ACCESS;
        }
        return said.contains("exceeds the maximum number of tokens") ? Kind.CONTEXT_LENGTH : Kind.BAD_REQUEST;
    }

    private static @Nullable Duration retryDelay(JsonNode error) {
        for (JsonNode detail : error.path("details").values()) {
            String delay = detail.path("retryDelay").asString("");
            if (delay.matches("\\d{1,9}(\\.\\d{1,9})?s")) {
                BigDecimal seconds = new BigDecimal(delay.substring(0, delay.length() - 1)).min(LONGEST_WAIT);
                return Duration.ofMillis(seconds.movePointRight(3).longValue());
            }
        }
        return null;
    }
}
