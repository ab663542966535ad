package io.weir.simulators.provider.openai;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A refusal in OpenAI's terms.
final class OpenAiException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int status;
    private final String type;
    private final @Nullable String param;
    private final @Nullable String code;
    private final transient Map<String, String> headers;

    OpenAiException(
            int status,
            String type,
            @Nullable String param,
            @Nullable String code,
            String message,
            Map<String, String> headers) {
        super(message, null, false, false);
        this.status = status;
        this.type = type;
        this.param = param;
        this.code = code;
        this.headers = Map.copyOf(headers);
    }

    static OpenAiException invalid(@Nullable String param, @Nullable String code, String message) {
        return refused(400, param, code, message);
    }

    static OpenAiException refused(int status, @Nullable String param, @Nullable String code, String message) {
        return new OpenAiException(status, "invalid_request_error", param, code, message, Map.of());
    }

    int status() {
        return status;
    }

    String type() {
        return type;
    }

    @Nullable
    String param() {
        return param;
    }

    @Nullable
    String code() {
        return code;
    }

    Map<String, String> headers() {
        return headers;
    }
}
