package io.weir.orchestration.provider;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;

/// The breaker and meters of one model at one provider.
public final class Circuit {

    private final Provider provider;
    private final String model;
    private final CircuitBreaker breaker;
    private final Timer accepted;
    private final Counter failed;
    private final Counter refused;
    private volatile long openedAt;

    Circuit(Provider provider, String model, CircuitBreaker breaker, MeterRegistry registry) {
        this.provider = provider;
        this.model = model;
        this.breaker = breaker;
        breaker.getEventPublisher().onStateTransition(transition -> openedAt = System.nanoTime());
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
            throw ProviderRefusals.shut(provider, model);
        }
    }

    /// Nothing was tried after all, or it says nothing about the provider's health.
    public void leave() {
        breaker.releasePermission();
    }

    void succeeded(long nanos) {
        accepted.record(nanos, TimeUnit.NANOSECONDS);
        breaker.onSuccess(nanos, TimeUnit.NANOSECONDS);
    }

    void failed(long nanos, ProviderFailure failure) {
        if (failure.countsAgainstProvider()) {
            failed.increment();
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
