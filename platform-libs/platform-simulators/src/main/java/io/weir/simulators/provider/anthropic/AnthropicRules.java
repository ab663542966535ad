package io.weir.simulators.provider.anthropic;

import io.weir.simulators.provider.behaviour.Admission;
import io.weir.simulators.provider.behaviour.Provider;
import io.weir.simulators.provider.http.Exchange;
import io.weir.simulators.provider.http.ProviderRules;
import io.weir.simulators.provider.http.Reply;
import io.weir.simulators.provider.http.RequestBody;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.netty.http.server.HttpServerRequest;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// What Anthropic has around every call: `x-api-key`, `anthropic-version`, error bodies. Any key is good except one
/// that starts with `sk-ant-invalid`.
final class AnthropicRules implements ProviderRules {

    private static final Logger LOG = LoggerFactory.getLogger(AnthropicRules.class);
    private static final JsonMapper JSON = JsonMapper.shared();

    private static final String BAD_KEY = "sk-ant-invalid";
    private static final String VERSION = "2023-06-01";

    @Override
    public Provider provider() {
        return Provider.ANTHROPIC;
    }

    @Override
    public String authorise(HttpServerRequest request) {
        String key = request.requestHeaders().get("x-api-key");
        if (key == null || key.isBlank()) {
            throw AnthropicException.unauthenticated("x-api-key header is required");
        }
        if (key.startsWith(BAD_KEY)) {
            throw AnthropicException.unauthenticated("invalid x-api-key");
        }
        String version = request.requestHeaders().get("anthropic-version");
        if (version == null) {
            throw AnthropicException.invalid("anthropic-version: header is required");
        }
        if (!version.equals(VERSION)) {
            throw AnthropicException.invalid("anthropic-version: \"" + version + "\" is not a valid version");
        }
        return key;
    }

    @Override
    public RuntimeException throttled(Admission.Throttled throttled) {
        int limit = throttled.limitPerMinute();
        long seconds = Math.max(1, throttled.retryAfter().plusMillis(999).toSeconds());
        return new AnthropicException(
                429,
                "rate_limit_error",
                "This request would exceed your organization's rate limit of " + limit
                        + " requests per minute. Please try again later.",
                Map.of(
                        "retry-after", Long.toString(seconds),
                        "anthropic-ratelimit-requests-limit", Integer.toString(limit),
                        "anthropic-ratelimit-requests-remaining", "0"));
    }

    @Override
    public RuntimeException injected(int status) {
        return switch (status) {
            case 401 -> AnthropicException.unauthenticated("invalid x-api-key");
            case 403 -> worded(status, "permission_error", "Your API key does not have permission to use this model.");
            case 404 -> AnthropicException.notFound("Not found (simulated)");
            case 413 -> tooLarge();
            case 429 ->
                new AnthropicException(
                        status,
                        "rate_limit_error",
                        "This request would exceed your organization's rate limit. Please try again later.",
                        Map.of("retry-after", "1"));
            case 504 -> worded(status, "timeout_error", "Request timed out.");
            case 529 -> worded(status, "overloaded_error", "Overloaded");
            default ->
                status >= 500
                        ? worded(status, "api_error", "Internal server error")
                        : worded(status, "invalid_request_error", "The request was refused (simulated).");
        };
    }

    @Override
    public Reply refusal(Throwable failure, Exchange exchange) {
        return reply(asRefusal(failure), exchange.requestId());
    }

    static Reply reply(AnthropicException refusal, String requestId) {
        ObjectNode body = JSON.createObjectNode().put("type", "error");
        body.putObject("error").put("type", refusal.type()).put("message", refusal.getMessage());
        body.put("request_id", requestId);
        Map<String, String> headers = new LinkedHashMap<>(headers(requestId));
        headers.putAll(refusal.headers());
        // What Anthropic's own clients go by.
        headers.put("x-should-retry", refusal.status() == 429 || refusal.status() >= 500 ? "true" : "false");
        return Reply.uncounted(refusal.status(), headers, body.toString());
    }

    static Map<String, String> headers(String requestId) {
        return Map.of("request-id", requestId, "anthropic-organization-id", "simulated");
    }

    private static AnthropicException asRefusal(Throwable failure) {
        return switch (failure) {
            case AnthropicException refusal -> refusal;
            case RequestBody.TooLargeException tooLarge -> tooLarge();
            default -> {
                LOG.error("The simulator failed; the call is answered 500", failure);
                yield worded(500, "api_error", "Internal server error");
            }
        };
    }

    private static AnthropicException tooLarge() {
        return worded(413, "request_too_large", "Request exceeds the maximum size");
    }

    private static AnthropicException worded(int status, String type, String message) {
        return new AnthropicException(status, type, message, Map.of());
    }
}
