package io.weir.orchestration.provider;

import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.timeout.ReadTimeoutException;
import io.weir.orchestration.dialect.ProviderError;
import io.weir.orchestration.provider.ProviderFailure.Kind;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.channels.NotYetConnectedException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What a provider's failure means to our caller. A refusal of our own key or account is our trouble, never the
/// caller's.
final class ProviderRefusals {

    private static final Logger LOG = LoggerFactory.getLogger(ProviderRefusals.class);

    private ProviderRefusals() {}

    /// A status other than 2xx.
    static ProviderFailure ofStatus(Provider provider, UpstreamAnswer answer, byte[] body) {
        int status = answer.status();
        ProviderError error = withoutKey(provider, provider.dialect().error(status, body));
        return switch (error.kind()) {
            case BAD_REQUEST -> refused(badRequest(provider, error, ProblemType.INVALID_REQUEST), status);
            case CONTEXT_LENGTH ->
                new ProviderFailure(
                        Kind.TOO_LONG, badRequest(provider, error, ProblemType.CONTEXT_LENGTH_EXCEEDED), status, null);
            case CONTENT_POLICY ->
                new ProviderFailure(
                        Kind.AGAINST_RULES, badRequest(provider, error, ProblemType.INVALID_REQUEST), status, null);
            case ACCESS ->
                provider.account().isTenants()
                        ? keyRefused(provider, status, "refuses this tenant's own key", error.said())
                        : ours(provider, status, error.said());
            case ACCOUNT_USED_UP ->
                provider.account().isTenants()
                        ? keyRefused(provider, status, "says that the account of this tenant's own key is used up", "")
                        : usedUp(provider, status);
            case NO_SUCH_MODEL -> refused(noSuchModel(provider), status);
            case TOO_LARGE -> refused(tooLarge(), status);
            case RATE_LIMITED -> rateLimited(provider, status, wait(answer, error));
            case OVERLOADED -> overloaded(provider, status, wait(answer, error));
            case BROKEN -> new ProviderFailure(Kind.BROKEN, upstreamError(provider, status, ""), status, null);
            case UNKNOWN -> refused(upstreamError(provider, status, ", which means nothing to us"), status);
        };
    }

    // Whoever answers may repeat what was sent.
    private static ProviderError withoutKey(Provider provider, ProviderError error) {
        return provider.account().isTenants() ? error.without(provider.account().reveal()) : error;
    }

    private static ProviderFailure keyRefused(Provider provider, int status, String what, String said) {
        LOG.info("{} {}: {}", provider.name(), what, status);
        String words = said.isEmpty() ? "" : " It says: " + said;
        return refused(
                new PlatformException(
                        ProblemType.PROVIDER_KEY_REFUSED,
                        provider.name() + " " + what + " (" + status + "). The key that you call Weir with is fine;"
                                + " ask your administrator to check the provider key." + words),
                status);
    }

    private static PlatformException noSuchModel(Provider provider) {
        return PlatformException.of(
                ProblemType.MODEL_NOT_FOUND,
                "model",
                provider.title() + " does not offer this model at present. Choose another of GET /v1/models.");
    }

    private static PlatformException tooLarge() {
        return new PlatformException(
                ProblemType.REQUEST_TOO_LARGE, "The provider finds the request too large. Send a smaller one.");
    }

    private static PlatformException upstreamError(Provider provider, int status, String remark) {
        return new PlatformException(
                ProblemType.UPSTREAM_ERROR,
                provider.title() + " answered " + status + remark + ". Try again in a moment.");
    }

    /// No answer at all.
    static ProviderFailure ofError(Provider provider, Throwable failure) {
        if (failure instanceof UnusableKeyException unusable) {
            return unusable(provider, unusable);
        }
        if (isUnreachable(failure) && provider.account().isElsewhere()) {
            // The same words for a name that leads nowhere and one that must not be called: nobody explores by them.
            return new ProviderFailure(
                    failure instanceof UnknownHostException ? Kind.REFUSED : Kind.UNREACHABLE,
                    new PlatformException(
                            ProblemType.UPSTREAM_UNAVAILABLE,
                            "The base URL of this tenant's own key for " + provider.name()
                                    + " cannot be reached, or leads to an address that may not be called."),
                    null,
                    null);
        }
        if (isUnreachable(failure)) {
            return new ProviderFailure(
                    Kind.UNREACHABLE,
                    new PlatformException(
                            ProblemType.UPSTREAM_UNAVAILABLE,
                            provider.title() + " cannot be reached. Try again in a moment.",
                            failure),
                    null,
                    null);
        }
        if (failure instanceof ReadTimeoutException) {
            return new ProviderFailure(
                    Kind.UNCERTAIN,
                    new PlatformException(
                            ProblemType.UPSTREAM_TIMEOUT,
                            provider.title() + " did not answer in time. Try again, or stream the answer.",
                            failure),
                    null,
                    null);
        }
        return new ProviderFailure(
                Kind.UNCERTAIN,
                new PlatformException(
                        ProblemType.UPSTREAM_ERROR,
                        "The connection to " + provider.title() + " broke. Try again in a moment.",
                        failure),
                null,
                null);
    }

    private static ProviderFailure unusable(Provider provider, UnusableKeyException unusable) {
        PlatformException problem = unusable.isGone()
                ? new PlatformException(
                        ProblemType.PROVIDER_KEY_REFUSED,
                        "This tenant's own key for " + provider.name()
                                + " was deleted or changed while the call ran. Repeat the call.")
                : new PlatformException(
                        ProblemType.SERVICE_UNAVAILABLE,
                        "This tenant's own key for " + provider.name()
                                + " cannot be used here. Tell the operator, or have it set again.");
        return new ProviderFailure(Kind.REFUSED, problem, null, null);
    }

    /// @param keyRefused how a tenant's own key was refused last, which says more; null: it was not
    static ProviderFailure shut(Provider provider, String model, @Nullable ProviderFailure keyRefused) {
        if (keyRefused != null) {
            return new ProviderFailure(Kind.SHUT, keyRefused.problem(), keyRefused.status(), null);
        }
        return new ProviderFailure(
                Kind.SHUT,
                new PlatformException(
                        ProblemType.UPSTREAM_UNAVAILABLE,
                        provider.title() + " failed too often with " + model
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
                || failure instanceof NotYetConnectedException
                || failure instanceof ConnectTimeoutException
                || failure instanceof UnknownHostException
                || failure instanceof SSLHandshakeException
                || failure instanceof TimeoutException;
    }

    private static ProviderFailure refused(PlatformException problem, int status) {
        return new ProviderFailure(Kind.REFUSED, problem, status, null);
    }

    private static PlatformException badRequest(Provider provider, ProviderError error, ProblemType type) {
        String message = error.said().isEmpty() ? provider.name() + " refuses the request." : error.said();
        String named = error.param();
        if (type == ProblemType.CONTEXT_LENGTH_EXCEEDED) {
            return PlatformException.of(type, named == null ? "messages" : named, message);
        }
        return named == null ? new PlatformException(type, message) : PlatformException.of(type, named, message);
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

    private static ProviderFailure usedUp(Provider provider, int status) {
        LOG.error("{} says that our account is used up", provider.name());
        return refused(
                new PlatformException(
                        ProblemType.UPSTREAM_UNAVAILABLE,
                        "This platform's account at " + provider.name()
                                + " is used up. Your key is fine; tell the operator."),
                status);
    }

    private static ProviderFailure rateLimited(Provider provider, int status, @Nullable Duration wait) {
        String what = provider.title() + " limits the rate of calls at present." + tryAgain(wait);
        return new ProviderFailure(
                Kind.OVERLOADED, new PlatformException(ProblemType.UPSTREAM_RATE_LIMITED, what), status, wait);
    }

    private static ProviderFailure overloaded(Provider provider, int status, @Nullable Duration wait) {
        String what = provider.title() + " is overloaded at present." + tryAgain(wait);
        return new ProviderFailure(
                Kind.OVERLOADED, new PlatformException(ProblemType.UPSTREAM_UNAVAILABLE, what), status, wait);
    }

    private static String tryAgain(@Nullable Duration wait) {
        return wait == null
                ? " Try again in a moment."
                : String.format(Locale.ROOT, " Try again in %.1f s.", wait.toMillis() / 1000.0);
    }

    // The headers are made for us; what the body says is second.
    private static @Nullable Duration wait(UpstreamAnswer answer, ProviderError error) {
        Duration told = headerWait(answer);
        return told == null ? error.retryAfter() : told;
    }

    private static @Nullable Duration headerWait(UpstreamAnswer answer) {
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
}
