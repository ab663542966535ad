package io.weir.orchestration.lane;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;

/// What happened to calls that a lane had no room for at once. Those that had room are not counted.
final class LaneMeters {

    private final Timer waited;
    private final Counter hopeless;
    private final Counter crowded;
    private final Counter expired;

    /// @param provider whose lane it is
    /// @param model one of its models; `*`: its account
    LaneMeters(MeterRegistry registry, String provider, String model) {
        this.waited = Timer.builder("weir.lane.wait")
                .tags("provider", provider, "model", model)
                .publishPercentileHistogram()
                .register(registry);
        this.hopeless = refused(registry, provider, model, "hopeless");
        this.crowded = refused(registry, provider, model, "crowded");
        this.expired = refused(registry, provider, model, "expired");
    }

    private static Counter refused(MeterRegistry registry, String provider, String model, String why) {
        return registry.counter("weir.lane.refused", "provider", provider, "model", model, "why", why);
    }

    void waited(long nanos) {
        waited.record(nanos, TimeUnit.NANOSECONDS);
    }

    void hopeless() {
        hopeless.increment();
    }

    void crowded() {
        crowded.increment();
    }

    void expired() {
        expired.increment();
    }
}
