package io.weir.orchestration.provider;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.weir.problem.ProblemType;
import io.weir.tenancy.TenantId;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The breakers and meters of one model at one provider, on one account. On the platform's account
/// each tenant whose calls fail has a breaker of its own beside the one that all share: what only one
/// tenant's calls meet, and may be its own doing, opens that alone. Tenants' own accounts share their
/// meters, which no alert watches: what a tenant's key meets is the tenant's.
public final class Circuit {

    private static final int MOST_TENANTS = 10_000;
    private static final int LEAST_OF_TENANT = 20;
    private static final int RATE_OF_TENANT = 70;
    private static final Duration FORGOTTEN_AFTER = Duration.ofMinutes(10);

    private final Provider provider;
    private final String model;
    private final CircuitBreaker breaker;
    private final Cache<TenantId, CircuitBreaker> own = Caffeine.newBuilder()
            .maximumSize(MOST_TENANTS)
            .expireAfterAccess(FORGOTTEN_AFTER)
            .build();
    private final Suspicion suspicion = new Suspicion();
    private final CircuitBreakerConfig ofTenants;
    private final Timer accepted;
    private final Counter failed;
    private final Counter refused;
    private final Counter limited;
    private volatile long openedAt;
    private volatile @Nullable ProviderFailure keyRefused;

    Circuit(Provider provider, String model, CircuitBreaker breaker, MeterRegistry registry) {
        this.provider = provider;
        this.model = model;
        this.breaker = breaker;
        // Begins with a failure, so that it takes more of them to be sure.
        this.ofTenants = CircuitBreakerConfig.from(breaker.getCircuitBreakerConfig())
                .minimumNumberOfCalls(LEAST_OF_TENANT)
                .failureRateThreshold(RATE_OF_TENANT)
                .build();
        breaker.getEventPublisher().onStateTransition(transition -> openedAt = System.nanoTime());
        if (provider.account().isTenants()) {
            Tags tags = Tags.of("provider", provider.name());
            this.accepted = registry.timer("weir.ownkey.first.byte", tags);
            this.failed = registry.counter("weir.ownkey.failures", tags.and("outcome", "failed"));
            this.refused = registry.counter("weir.ownkey.failures", tags.and("outcome", "refused"));
            this.limited = registry.counter("weir.ownkey.limited", tags);
            return;
        }
        this.accepted = Timer.builder("weir.provider.first.byte")
                .tags("provider", provider.name(), "model", model)
                .register(registry);
        this.failed = attempts(registry, "failed");
        this.refused = attempts(registry, "refused");
        this.limited = registry.counter("weir.provider.limited", "provider", provider.name(), "model", model);
        registry.gauge(
                "weir.provider.circuit.open",
                Tags.of("provider", provider.name(), "model", model),
                breaker,
                circuit -> circuit.getState() == CircuitBreaker.State.CLOSED ? 0 : 1);
    }

    private Counter attempts(MeterRegistry registry, String outcome) {
        return registry.counter(
                "weir.provider.failures", "provider", provider.name(), "model", model, "outcome", outcome);
    }

    /// Whether [#enter] would refuse for a while yet. Once that is over, this is false, so that
    /// somebody tries again.
    public boolean isShut() {
        long openForMillis = breaker.getCircuitBreakerConfig()
                .getWaitIntervalFunctionInOpenState()
                .apply(1);
        return breaker.getState() == CircuitBreaker.State.OPEN
                && System.nanoTime() - openedAt < TimeUnit.MILLISECONDS.toNanos(openForMillis);
    }

    /// Throws [ProviderFailure] when [#enter] would, for a while yet; enters nothing.
    public void refuseWhileShut() {
        if (isShut()) {
            throw ProviderRefusals.shut(provider, model, keyRefused);
        }
    }

    /// Throws [ProviderFailure] when a breaker is open; else the attempt must end in one of the ways
    /// below.
    public void enter(TenantId tenant) {
        CircuitBreaker its = own.getIfPresent(tenant);
        if (its != null && !its.tryAcquirePermission()) {
            throw ProviderRefusals.shut(provider, model, keyRefused);
        }
        if (!breaker.tryAcquirePermission()) {
            release(its);
            throw ProviderRefusals.shut(provider, model, keyRefused);
        }
    }

    /// Nothing was tried after all, or it says nothing about the provider's health.
    public void leave(TenantId tenant) {
        release(own.getIfPresent(tenant));
        breaker.releasePermission();
    }

    private static void release(@Nullable CircuitBreaker its) {
        if (its != null) {
            its.releasePermission();
        }
    }

    void succeeded(TenantId tenant, long nanos) {
        accepted.record(nanos, TimeUnit.NANOSECONDS);
        keyRefused = null;
        CircuitBreaker its = own.getIfPresent(tenant);
        if (its != null) {
            its.onSuccess(nanos, TimeUnit.NANOSECONDS);
        }
        breaker.onSuccess(nanos, TimeUnit.NANOSECONDS);
    }

    void failed(TenantId tenant, long nanos, ProviderFailure failure) {
        if (failure.problem().type() == ProblemType.PROVIDER_KEY_REFUSED) {
            keyRefused = failure;
        }
        if (failure.kind() == ProviderFailure.Kind.OVERLOADED) {
            limited.increment();
        }
        if (failure.countsAgainst(provider.account())) {
            (failure.countsAgainstProvider() ? failed : refused).increment();
            broke(tenant, nanos, failure, failure.kind() == ProviderFailure.Kind.UNREACHABLE);
        } else {
            refused.increment();
            leave(tenant);
        }
    }

    /// An answer that had begun broke off. Its attempt had ended well before.
    public void brokeOff(TenantId tenant) {
        failed.increment();
        broke(tenant, 0, new IllegalStateException("the answer broke off"), false);
    }

    // Nobody's request makes a provider unreachable, and on trial every failure counts.
    private void broke(TenantId tenant, long nanos, Throwable failure, boolean surelyProvider) {
        if (provider.account().isTenants()) {
            breaker.onError(nanos, TimeUnit.NANOSECONDS, failure);
            return;
        }
        own.get(tenant, absent -> CircuitBreaker.of(breaker.getName(), ofTenants))
                .onError(nanos, TimeUnit.NANOSECONDS, failure);
        boolean others = suspicion.isShared(tenant, System.nanoTime());
        if (surelyProvider || others || breaker.getState() != CircuitBreaker.State.CLOSED) {
            breaker.onError(nanos, TimeUnit.NANOSECONDS, failure);
        } else {
            breaker.releasePermission();
        }
    }

    Provider provider() {
        return provider;
    }
}
