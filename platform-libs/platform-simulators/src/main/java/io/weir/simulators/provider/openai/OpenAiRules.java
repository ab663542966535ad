package io.weir.simulators.provider.openai;

import io.weir.simulators.provider.behaviour.Admission;
import io.weir.simulators.provider.behaviour.Provider;
import io.weir.simulators.provider.http.Exchange;
import io.weir.simulators.provider.http.ProviderRules;
import io.weir.simulators.provider.http.Reply;
import io.weir.simulators.provider.http.RequestBody;
import java.util.Map;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.netty.http.server.HttpServerRequest;

/// What OpenAI has around every call. Any bearer key is good except one that starts with `sk-invalid`.
final class OpenAiRules implements ProviderRules {

    private static final Logger LOG = LoggerFactory.getLogger(OpenAiRules.class);

    private static final String BEARER = "Bearer ";
    private static final String BAD_KEY = "sk-invalid";

    @Override
    public Provider provider() {
        return Provider.OPENAI;
    }

    @Override
    public String authorise(HttpServerRequest request) {
        return keyOf(request);
    }

    @Override
    public RuntimeException throttled(Admission.Throttled throttled) {
        return OpenAiErrors.throttled(throttled);
    }

    @Override
    public RuntimeException injected(int status) {
        return OpenAiErrors.injected(status);
    }

    @Override
    public Reply refusal(Throwable failure, Exchange exchange) {
        return OpenAiErrors.reply(asRefusal(failure), headers(exchange));
    }

    static String keyOf(HttpServerRequest request) {
        String authorization =
                Objects.requireNonNullElse(request.requestHeaders().get("authorization"), "");
        if (!authorization.startsWith(BEARER) || authorization.length() == BEARER.length()) {
            throw OpenAiErrors.noKey();
        }
        String key = authorization.substring(BEARER.length());
        if (key.startsWith(BAD_KEY)) {
            throw OpenAiErrors.wrongKey(key);
        }
        return key;
    }

    static OpenAiException asRefusal(Throwable failure) {
        return switch (failure) {
            case OpenAiException refusal -> refusal;
            case RequestBody.TooLargeException tooLarge ->
                OpenAiException.refused(413, null, null, "The request is too large: " + tooLarge.getMessage());
            default -> {
                LOG.error("The simulator failed; the call is answered 500", failure);
                yield OpenAiErrors.serverError(500, "The server had an error while processing your request.");
            }
        };
    }

    static Map<String, String> headers(Exchange exchange) {
        return headers(exchange.requestId(), exchange.elapsed().toMillis());
    }

    static Map<String, String> headers(String requestId, long processingMillis) {
        return Map.of(
                "x-request-id",
                requestId,
                "openai-processing-ms",
                Long.toString(processingMillis),
                "openai-organization",
                "simulated",
                "openai-version",
                "2020-10-01");
    }
}
