package io.weir.orchestration.provider;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.weir.problem.ProblemType;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The breaker and meters of one model at one provider, on one account. Tenants' own accounts share their meters, which
/// no alert watches: what a tenant's key meets is the tenant's.
public final class Circuit {

    private final Provider provider;
    private final String model;
    private final CircuitBreaker breaker;
    private final Timer accepted;
    private final Counter failed;
    private final Counter refused;
    private volatile long openedAt;
    private volatile @Nullable ProviderFailure keyRefused;

    Circuit(Provider provider, String model, CircuitBreaker breaker, MeterRegistry registry) {
        this.provider = provider;
        this.model = model;
        this.breaker = breaker;
        breaker.getEventPublisher().onStateTransition(transition -> openedAt = System.nanoTime());
        if (provider.account().isTenants()) {
            Tags tags = Tags.of("provider", provider.name());
            this.accepted = registry.timer("weir.ownkey.first.byte", tags);
            this.failed = registry.counter("weir.ownkey.failures", tags.and("outcome", "failed"));
            this.refused = registry.counter("weir.ownkey.failures", tags.and("outcome", "refused"));
            return;
        }
        this.accepted = Timer.builder("weir.provider.first.byte")
                .tags("provider", provider.name(), "model", model)
                .register(registry);
        this.failed = attempts(registry, "failed");
        this.refused = attempts(registry, "refused");
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

    /// Whether [#enter] would refuse for a while yet. Once that is over, this is false, so that somebody tries again.
    public boolean isShut() {
        long openForMillis = breaker.getCircuitBreakerConfig()
                .getWaitIntervalFunctionInOpenState()
                .apply(1);
        return breaker.getState() == CircuitBreaker.State.OPEN
                && System.nanoTime() - openedAt < TimeUnit.MILLISECONDS.toNanos(openForMillis);
    }

    /// Throws [ProviderFailure] when the breaker is open; else the attempt must end in one of the three ways below.
    public void enter() {
        if (!breaker.tryAcquirePermission()) {
            throw ProviderRefusals.shut(provider, model, keyRefused);
        }
    }

    /// Nothing was tried after all, or it says nothing about the provider's health.
    public void leave() {
        breaker.releasePermission();
    }

    void succeeded(long nanos) {
        accepted.record(nanos, TimeUnit.NANOSECONDS);
        keyRefused = null;
        breaker.onSuccess(nanos, TimeUnit.NANOSECONDS);
    }

    void failed(long nanos, ProviderFailure failure) {
        if (failure.problem().type() == ProblemType.PROVIDER_KEY_REFUSED) {
            keyRefused = failure;
        }
        if (failure.countsAgainst(provider.account())) {
            (failure.countsAgainstProvider() ? failed : refused).increment();
            breaker.onError(nanos, TimeUnit.NANOSECONDS, failure);
        } else {
            refused.increment();
            breaker.releasePermission();
        }
    }

    /// An answer that had begun broke off.
    public void brokeOff() {
        failed.increment();
        breaker.onError(0, TimeUnit.NANOSECONDS, new IllegalStateException("the answer broke off"));
    }

    Provider provider() {
        return provider;
    }
}
