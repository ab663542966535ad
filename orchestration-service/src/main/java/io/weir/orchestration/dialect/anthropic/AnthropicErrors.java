package io.weir.orchestration.dialect.anthropic;

import io.weir.orchestration.dialect.ProviderError;
import io.weir.orchestration.dialect.ProviderError.Kind;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/// Anthropic's errors: `{"type": "error", "error": {"type", "message"}}`.
final class AnthropicErrors {

    private AnthropicErrors() {}

    static ProviderError read(int status, byte[] body) {
        JsonNode error = ProviderError.member(body);
        String said = error.path("message").asString("");
        Kind kind = kind(status, error.path("type").asString(""), said.toLowerCase(Locale.ROOT));
        return new ProviderError(kind, ProviderError.shortened(said), null, null);
    }

    // The type says more than the status, which proxies change.
    private static Kind kind(int status, String type, String said) {
        return switch (type) {
            case "invalid_request_error" -> badRequest(status, said);
            case "authentication_error", "permission_error" -> Kind.ACCESS;
            case "billing_error" -> Kind.ACCOUNT_USED_UP;
            case "not_found_error" -> Kind.NO_SUCH_MODEL;
            case "request_too_large" -> Kind.TOO_LARGE;
            case "rate_limit_error" -> Kind.RATE_LIMITED;
            case "overloaded_error" -> Kind.OVERLOADED;
            case "api_error", "timeout_error" -> Kind.BROKEN;
            default -> ProviderError.kindOf(status);
        };
    }

    private static Kind badRequest(int status, String said) {
        if (said.contains("credit balance is too low")) {
            return Kind.ACCOUNT_USED_UP;
        }
        if (said.contains("prompt is too long") || said.contains("exceed context limit")) {
            return Kind.CONTEXT_LENGTH;
        }
        if (said.contains("blocked by content filtering policy")) {
            return Kind.CONTENT_POLICY;
        }
        return status == 413 ? Kind.TOO_LARGE : Kind.BAD_REQUEST;
    }
}
