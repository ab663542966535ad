package io.weir.gateway.limit;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/// The counters of limits, looked up once.
record LimitCounters(Counter admitted, Counter refused, Counter full, Counter answered, Counter failed, Counter alone) {

    static LimitCounters in(MeterRegistry registry) {
        return of(LimitMeter.REQUESTS, registry);
    }

    static LimitCounters ofQuotas(MeterRegistry registry) {
        return of(LimitMeter.QUOTAS, registry);
    }

    static LimitCounters ofIncludedCalls(MeterRegistry registry) {
        return of(LimitMeter.QUOTAS, registry, "included", "overage");
    }

    static LimitCounters ofPlatform(MeterRegistry registry) {
        return of(LimitMeter.PLATFORM, registry);
    }

    private static LimitCounters of(LimitMeter decisions, MeterRegistry registry) {
        return of(decisions, registry, "admitted", "refused");
    }

    private static LimitCounters of(LimitMeter decisions, MeterRegistry registry, String within, String beyond) {
        return new LimitCounters(
                decisions.counter(registry, "outcome", within),
                decisions.counter(registry, "outcome", beyond),
                LimitMeter.REQUESTS.counter(registry, "outcome", "full"),
                LimitMeter.ASKED.counter(registry, "result", "answered"),
                LimitMeter.ASKED.counter(registry, "result", "failed"),
                LimitMeter.ALONE.counter(registry));
    }
}
