package io.weir.orchestration.provider;

import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.timeout.ReadTimeoutException;
import io.weir.orchestration.provider.ProviderFailure.Kind;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What a provider's failure means to our caller. A refusal of our own key or account is our trouble, never the
/// caller's.
final class ProviderRefusals {

    private static final Logger LOG = LoggerFactory.getLogger(ProviderRefusals.class);
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int LONGEST_MESSAGE = 1_000;

    private ProviderRefusals() {}

    /// A status other than 2xx.
    static ProviderFailure ofStatus(Provider provider, UpstreamAnswer answer, byte[] body) {
        int status = answer.status();
        JsonNode error = error(body);
        String said = said(error);
        return switch (status) {
            case 400, 422 -> refused(badRequest(error, said), status);
            case 401, 403 -> ours(provider, status, said);
            case 404 ->
                refused(
                        PlatformException.of(
                                ProblemType.MODEL_NOT_FOUND,
                                "model",
                                provider.name()
                                        + " does not offer this model at present. Choose another of GET /v1/models."),
                        status);
            case 413 ->
                refused(
                        new PlatformException(
                                ProblemType.REQUEST_TOO_LARGE,
                                "The provider finds the request too large. Send a smaller one."),
                        status);
            case 429 -> rateLimited(provider, answer, error);
            default ->
                status >= 500 || status == 408 || status == 409
                        ? new ProviderFailure(
                                Kind.BROKEN,
                                new PlatformException(
                                        ProblemType.UPSTREAM_ERROR,
                                        provider.name() + " answered " + status + ". Try again in a moment."),
                                status,
                                null)
                        : refused(
                                new PlatformException(
                                        ProblemType.UPSTREAM_ERROR,
                                        provider.name() + " answered " + status
                                                + ", which means nothing to us. Try again in a moment."),
                                status);
        };
    }

    /// No answer at all.
    static ProviderFailure ofError(Provider provider, Throwable failure) {
        if (isUnreachable(failure)) {
            return new ProviderFailure(
                    Kind.UNREACHABLE,
                    new PlatformException(
                            ProblemType.UPSTREAM_UNAVAILABLE,
                            provider.name() + " cannot be reached. Try again in a moment.",
                            failure),
                    null,
                    null);
        }
        if (failure instanceof ReadTimeoutException) {
            return new ProviderFailure(
                    Kind.UNCERTAIN,
                    new PlatformException(
                            ProblemType.UPSTREAM_TIMEOUT,
                            provider.name() + " did not answer in time. Try again, or stream the answer.",
                            failure),
                    null,
                    null);
        }
        return new ProviderFailure(
                Kind.UNCERTAIN,
                new PlatformException(
                        ProblemType.UPSTREAM_ERROR,
                        "The connection to " + provider.name() + " broke. Try again in a moment.",
                        failure),
                null,
                null);
    }

    static ProviderFailure shut(Provider provider, String model) {
        return new ProviderFailure(
                Kind.SHUT,
                new PlatformException(
                        ProblemType.UPSTREAM_UNAVAILABLE,
                        provider.name() + " failed too often with " + model
                                + " just now and is left alone for a moment. Try again in some seconds, or use another model."),
                null,
                null);
    }

    static ProviderFailure nobodyWaits() {
        return new ProviderFailure(
                Kind.NOBODY_WAITS,
                new PlatformException(ProblemType.SERVICE_UNAVAILABLE, "The client left."),
                null,
                null);
    }

    // The pool's own timeout is a plain TimeoutException.
    private static boolean isUnreachable(Throwable failure) {
        return failure instanceof ConnectException
                || failure instanceof ConnectTimeoutException
                || failure instanceof UnknownHostException
                || failure instanceof SSLHandshakeException
                || failure instanceof TimeoutException;
    }

    private static ProviderFailure refused(PlatformException problem, int status) {
        return new ProviderFailure(Kind.REFUSED, problem, status, null);
    }

    private static PlatformException badRequest(JsonNode error, String said) {
        String message = said.isEmpty() ? "The provider refuses the request." : said;
        String param = error.path("param").asString("");
        if (error.path("code").asString("").equals("context_length_exceeded")) {
            return PlatformException.of(
                    ProblemType.CONTEXT_LENGTH_EXCEEDED, param.isEmpty() ? "messages" : param, message);
        }
        return param.isEmpty()
                ? new PlatformException(ProblemType.INVALID_REQUEST, message)
                : PlatformException.invalid(param, message);
    }

    private static ProviderFailure ours(Provider provider, int status, String said) {
        LOG.error("{} refuses our key with {}: {}", provider.name(), status, said);
        return refused(
                new PlatformException(
                        ProblemType.UPSTREAM_ERROR,
                        "This platform's access to " + provider.name()
                                + " is refused. Your key is fine; tell the operator."),
                status);
    }

    private static ProviderFailure rateLimited(Provider provider, UpstreamAnswer answer, JsonNode error) {
        if (error.path("code").asString("").equals("insufficient_quota")) {
            LOG.error("{} says that our account is used up", provider.name());
            return refused(
                    new PlatformException(
                            ProblemType.UPSTREAM_UNAVAILABLE,
                            "This platform's account at " + provider.name()
                                    + " is used up. Your key is fine; tell the operator."),
                    429);
        }
        Duration wait = wait(answer);
        return new ProviderFailure(
                Kind.OVERLOADED,
                new PlatformException(
                        ProblemType.UPSTREAM_RATE_LIMITED,
                        provider.name() + " limits the rate of calls at present."
                                + (wait == null
                                        ? " Try again in a moment."
                                        : String.format(
                                                Locale.ROOT, " Try again in %.1f s.", wait.toMillis() / 1000.0))),
                429,
                wait);
    }

    private static @Nullable Duration wait(UpstreamAnswer answer) {
        try {
            String millis = answer.header("retry-after-ms");
            if (millis != null) {
                return Duration.ofMillis(Math.clamp(Long.parseLong(millis.strip()), 0, 60_000));
            }
            String seconds = answer.header("retry-after");
            return seconds == null ? null : Duration.ofSeconds(Math.clamp(Long.parseLong(seconds.strip()), 0, 60));
        } catch (NumberFormatException aDate) {
            return null;
        }
    }

    private static JsonNode error(byte[] body) {
        try {
            return JSON.readTree(body).path("error");
        } catch (JacksonException notJson) {
            return JSON.missingNode();
        }
    }

    private static String said(JsonNode error) {
        String message = error.path("message").asString("");
        return message.length() > LONGEST_MESSAGE ? message.substring(0, LONGEST_MESSAGE) : message;
    }
}
