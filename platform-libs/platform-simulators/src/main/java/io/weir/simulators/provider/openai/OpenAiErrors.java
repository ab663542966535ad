package io.weir.simulators.provider.openai;

import io.weir.simulators.provider.behaviour.Admission;
import io.weir.simulators.provider.http.Reply;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// OpenAI's error envelope and the refusals that do not come from the request's content.
final class OpenAiErrors {

    private static final JsonMapper JSON = JsonMapper.shared();

    private OpenAiErrors() {}

    /// `{"error": {"message", "type", "param", "code"}}`, the last two null where there is none.
    static Reply reply(OpenAiException refusal, Map<String, String> standardHeaders) {
        ObjectNode envelope = JSON.createObjectNode();
        envelope.putObject("error")
                .put("message", refusal.getMessage())
                .put("type", refusal.type())
                .put("param", refusal.param())
                .put("code", refusal.code());
        Map<String, String> headers = new LinkedHashMap<>(standardHeaders);
        headers.putAll(refusal.headers());
        return Reply.uncounted(refusal.status(), headers, envelope.toString());
    }

    static OpenAiException noKey() {
        return OpenAiException.refused(
                401,
                null,
                null,
                "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer"
                        + " auth (i.e. Authorization: Bearer YOUR_KEY).");
    }

    static OpenAiException wrongKey(String key) {
        String shown = key.substring(0, Math.min(8, key.length())) + "****";
        return OpenAiException.refused(401, null, "invalid_api_key", "Incorrect API key provided: " + shown + ".");
    }

    static OpenAiException unknownPath(String method, String path) {
        return OpenAiException.refused(404, null, null, "Invalid URL (" + method + " " + path + ")");
    }

    static OpenAiException wrongMethod(String method, String path) {
        return OpenAiException.refused(
                405,
                null,
                "method_not_supported",
                "Not allowed to " + method + " on " + path
                        + ". (HINT: Perhaps you meant to use a different HTTP method?)");
    }

    static OpenAiException unknownModel(String model) {
        return OpenAiException.refused(
                404,
                null,
                "model_not_found",
                "The model `" + model + "` does not exist or you do not have access to it.");
    }

    static OpenAiException throttled(Admission.Throttled throttled) {
        Duration wait = throttled.retryAfter();
        long seconds = Math.max(1, wait.plusMillis(999).toSeconds());
        Map<String, String> headers = Map.of(
                "retry-after", Long.toString(seconds),
                "retry-after-ms", Long.toString(wait.toMillis()),
                "x-ratelimit-limit-requests", Integer.toString(throttled.limitPerMinute()),
                "x-ratelimit-remaining-requests", "0",
                "x-ratelimit-reset-requests", wait.toMillis() + "ms");
        String message = "Rate limit reached on requests per min (RPM): Limit " + throttled.limitPerMinute()
                + ". Please try again in " + wait.toMillis() + "ms.";
        return new OpenAiException(429, "requests", null, "rate_limit_exceeded", message, headers);
    }

    /// An injected failure, worded as OpenAI words that status.
    static OpenAiException injected(int status) {
        return switch (status) {
            case 401 -> wrongKey("sk-simulated");
            case 429 ->
                new OpenAiException(
                        429,
                        "requests",
                        null,
                        "rate_limit_exceeded",
                        "Rate limit reached. Please try again in 1s.",
                        Map.of("retry-after", "1", "retry-after-ms", "1000"));
            case 503 -> serverError(503, "The engine is currently overloaded, please try again later.");
            default ->
                status >= 500
                        ? serverError(
                                status, "The server had an error while processing your request. Sorry about that!")
                        : OpenAiException.refused(status, null, null, "The request was refused (simulated).");
        };
    }

    static OpenAiException serverError(int status, String message) {
        return new OpenAiException(status, "server_error", null, null, message, Map.of());
    }
}
