package io.weir.gateway.limit;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/// The meters of limits. None carries a tenant.
enum LimitMeter {
    /// Counter of requests; tag `outcome` (`admitted` and `refused` by the rate, `full`: too many at once).
    REQUESTS("gateway.limits.requests", "requests", "requests of tenants with a limit"),
    /// Counter of decisions, one for each quota that holds for a request; tag `outcome` (`admitted`, `refused`; where
    /// further calls are priced `included`, `overage`).
    QUOTAS("gateway.limits.quotas", "decisions", "requests held against quotas per hour, day and month"),
    /// Counter of requests; tag `outcome` (`admitted`, `refused`).
    PLATFORM("gateway.limits.platform", "requests", "requests held against what the platform takes"),
    /// Counter of questions; tag `result` (`answered`, `failed`).
    ASKED("gateway.limits.asked", "questions", "questions for permits to what the gateways share"),
    /// Counter of requests.
    ALONE("gateway.limits.alone", "requests", "requests decided by an instance's own share, without Redis"),
    /// Gauge, 0 or 1.
    AWAY("gateway.limits.away", "", "1 while limits cannot be shared");

    private final String id;
    private final String unit;
    private final String description;

    LimitMeter(String id, String unit, String description) {
        this.id = id;
        this.unit = unit;
        this.description = description;
    }

    String id() {
        return id;
    }

    String description() {
        return description;
    }

    Counter counter(MeterRegistry registry, String... tags) {
        return Counter.builder(id)
                .baseUnit(unit)
                .description(description)
                .tags(tags)
                .register(registry);
    }
}
