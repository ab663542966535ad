package io.weir.orchestration.provider;

import io.weir.orchestration.lane.LaneFull;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// A provider that did not answer, or refused.
public final class ProviderFailure extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /// What kind of failure it is, for retries and breakers.
    public enum Kind {
        /// No connection came about: nothing was asked.
        UNREACHABLE,
        /// The provider is in trouble: 5xx.
        BROKEN,
        /// Too much was asked of it: 429.
        OVERLOADED,
        /// It took too long, or the connection broke after the request was sent; it may have worked on it.
        UNCERTAIN,
        /// It refused this request, or us; it is well.
        REFUSED,
        /// It refused a request that is longer than the model takes; it is well.
        TOO_LONG,
        /// It refused what the request says; it is well.
        AGAINST_RULES,
        /// The circuit breaker is open.
        SHUT,
        /// There is no room for the call at present, at the provider or here: nothing was asked.
        FULL,
        /// The client left before anything was asked.
        NOBODY_WAITS
    }

    private final transient PlatformException problem;
    private final Kind kind;
    private final @Nullable Integer status;
    private final @Nullable Duration retryAfter;

    ProviderFailure(Kind kind, PlatformException problem, @Nullable Integer status, @Nullable Duration retryAfter) {
        super(problem.getMessage(), problem.getCause(), false, false);
        this.kind = kind;
        this.problem = problem;
        this.status = status;
        this.retryAfter = retryAfter;
    }

    /// No room.
    public static ProviderFailure of(LaneFull full) {
        return new ProviderFailure(Kind.FULL, full.problem(), null, full.retryAfter());
    }

    /// The client left while the call waited.
    public static ProviderFailure clientLeft() {
        return ProviderRefusals.nobodyWaits();
    }

    /// What our caller is told.
    public PlatformException problem() {
        return problem;
    }

    public Kind kind() {
        return kind;
    }

    /// The provider's status; null: none was received.
    public @Nullable Integer status() {
        return status;
    }

    /// How long the provider wants to be left alone; null: it did not say.
    public @Nullable Duration retryAfter() {
        return retryAfter;
    }

    /// Whether trying again is safe and may help.
    boolean isRepeatable() {
        return kind == Kind.UNREACHABLE || kind == Kind.BROKEN || kind == Kind.OVERLOADED;
    }

    /// Whether it says that the provider is unwell.
    boolean countsAgainstProvider() {
        return kind == Kind.UNREACHABLE || kind == Kind.BROKEN || kind == Kind.UNCERTAIN;
    }

    /// Whether what a tenant's own account met there would be met on the platform's as well.
    public boolean saysOfProvider(Provider provider) {
        return countsAgainstProvider() && !provider.account().isElsewhere();
    }

    /// Whether it says that it is of no use to go on with that account for now. Of a tenant's own that is also said by
    /// a refused key, and by a limit, which is nobody else's.
    boolean countsAgainst(ProviderAccount account) {
        return countsAgainstProvider()
                || (account.isTenants()
                        && (kind == Kind.OVERLOADED || problem.type() == ProblemType.PROVIDER_KEY_REFUSED));
    }
}
