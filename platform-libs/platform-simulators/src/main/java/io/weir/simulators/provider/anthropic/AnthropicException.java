package io.weir.simulators.provider.anthropic;

import java.util.Map;

/// A refusal in Anthropic's terms.
final class AnthropicException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int status;
    private final String type;
    private final transient Map<String, String> headers;

    AnthropicException(int status, String type, String message, Map<String, String> headers) {
        super(message, null, false, false);
        this.status = status;
        this.type = type;
        this.headers = Map.copyOf(headers);
    }

    static AnthropicException invalid(String message) {
        return new AnthropicException(400, "invalid_request_error", message, Map.of());
    }

    static AnthropicException unauthenticated(String message) {
        return new AnthropicException(401, "authentication_error", message, Map.of());
    }

    static AnthropicException unknownModel(String model) {
        return notFound("model: " + model);
    }

    static AnthropicException notFound(String message) {
        return new AnthropicException(404, "not_found_error", message, Map.of());
    }

    int status() {
        return status;
    }

    String type() {
        return type;
    }

    Map<String, String> headers() {
        return headers;
    }
}
