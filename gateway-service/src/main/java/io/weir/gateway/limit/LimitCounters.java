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

    private static LimitCounters of(LimitMeter decisions, MeterRegistry registry) {
        return new LimitCounters(
                decisions.counter(registry, "outcome", "admitted"),
                decisions.counter(registry, "outcome", "refused"),
                LimitMeter.REQUESTS.counter(registry, "outcome", "full"),
                LimitMeter.ASKED.counter(registry, "result", "answered"),
                LimitMeter.ASKED.counter(registry, "result", "failed"),
                LimitMeter.ALONE.counter(registry));
    }
}
