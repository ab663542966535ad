package io.weir.simulators.provider.gemini;

import io.weir.simulators.provider.behaviour.Admission;
import io.weir.simulators.provider.behaviour.Provider;
import io.weir.simulators.provider.http.Exchange;
import io.weir.simulators.provider.http.ProviderRules;
import io.weir.simulators.provider.http.Reply;
import io.weir.simulators.provider.http.RequestBody;
import java.time.Duration;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.netty.http.server.HttpServerRequest;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What Gemini has around every call: `x-goog-api-key`, error bodies. Any key is good except one that starts with
/// `AIza-invalid`. A key in the query string is not taken, unlike with Gemini: addresses end in logs.
final class GeminiRules implements ProviderRules {

    private static final Logger LOG = LoggerFactory.getLogger(GeminiRules.class);
    private static final JsonMapper JSON = JsonMapper.shared();

    private static final String BAD_KEY = "AIza-invalid";

    @Override
    public Provider provider() {
        return Provider.GEMINI;
    }

    @Override
    public String authorise(HttpServerRequest request) {
        String key = request.requestHeaders().get("x-goog-api-key");
        if (key == null || key.isBlank()) {
            throw denied("Method doesn't allow unregistered callers (callers without established identity). Please use"
                    + " API Key or other form of API consumer identity to call this API.");
        }
        if (key.startsWith(BAD_KEY)) {
            throw wrongKey();
        }
        return key;
    }

    @Override
    public RuntimeException throttled(Admission.Throttled throttled) {
        return exhausted(throttled.retryAfter(), "Please retry in " + inSeconds(throttled.retryAfter()) + ".");
    }

    @Override
    public RuntimeException injected(int status) {
        return switch (status) {
            case 401 ->
                new GeminiException(401, "UNAUTHENTICATED", "Request had invalid authentication credentials.", null);
            case 403 -> denied("The caller does not have permission");
            case 404 -> new GeminiException(404, "NOT_FOUND", "Requested entity was not found.", null);
            case 429 -> exhausted(Duration.ofSeconds(1), "Please retry in 1s.");
            case 503 ->
                new GeminiException(503, "UNAVAILABLE", "The model is overloaded. Please try again later.", null);
            case 504 ->
                new GeminiException(
                        504, "DEADLINE_EXCEEDED", "Deadline expired before operation could complete.", null);
            default ->
                status >= 500
                        ? new GeminiException(status, "INTERNAL", "An internal error has occurred.", null)
                        : new GeminiException(
                                status, "FAILED_PRECONDITION", "The request was refused (simulated).", null);
        };
    }

    @Override
    public Reply refusal(Throwable failure, Exchange exchange) {
        return reply(asRefusal(failure), exchange.requestId());
    }

    static Reply reply(GeminiException refusal, String requestId) {
        ObjectNode body = JSON.createObjectNode();
        ObjectNode error = body.putObject("error")
                .put("code", refusal.code())
                .put("message", refusal.getMessage())
                .put("status", refusal.status());
        if (refusal.details() != null) {
            error.set("details", refusal.details());
        }
        return Reply.uncounted(refusal.code(), headers(requestId), body.toString());
    }

    /// Gemini itself names a request only in the body (`responseId`); this header lets the ledger be joined.
    static Map<String, String> headers(String requestId) {
        return Map.of("x-request-id", requestId);
    }

    private static GeminiException asRefusal(Throwable failure) {
        return switch (failure) {
            case GeminiException refusal -> refusal;
            case RequestBody.TooLargeException tooLarge ->
                GeminiException.invalid("Request payload size exceeds the limit: " + tooLarge.getMessage());
            default -> {
                LOG.error("The simulator failed; the call is answered 500", failure);
                yield new GeminiException(500, "INTERNAL", "An internal error has occurred.", null);
            }
        };
    }

    private static GeminiException denied(String message) {
        return new GeminiException(403, "PERMISSION_DENIED", message, null);
    }

    private static GeminiException wrongKey() {
        ArrayNode details = JSON.createArrayNode();
        details.addObject()
                .put("@type", "type.googleapis.com/google.rpc.ErrorInfo")
                .put("reason", "API_KEY_INVALID")
                .put("domain", "googleapis.com");
        return new GeminiException(400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.", details);
    }

    private static GeminiException exhausted(Duration wait, String advice) {
        ArrayNode details = JSON.createArrayNode();
        details.addObject()
                .put("@type", "type.googleapis.com/google.rpc.RetryInfo")
                .put("retryDelay", inSeconds(wait));
        return new GeminiException(
                429,
                "RESOURCE_EXHAUSTED",
                "You exceeded your current quota, please check your plan and billing details. " + advice,
                details);
    }

    private static String inSeconds(Duration wait) {
        return Math.max(1, wait.plusMillis(999).toSeconds()) + "s";
    }
}
