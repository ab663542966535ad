package io.weir.analytics.neighbour;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.weir.analytics.neighbour.ladder.Case;
import io.weir.analytics.neighbour.ladder.Stage;
import java.time.Instant;
import java.util.Collection;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/// Figures of noisy-neighbour control. None names a tenant.
final class NeighbourMeters {

    private final MeterRegistry registry;
    private final Map<Stage, AtomicInteger> open = new EnumMap<>(Stage.class);
    private final Counter rounds;
    private final Counter findings;
    private final Counter failed;
    private final Counter untold;

    NeighbourMeters(MeterRegistry registry) {
        this.registry = registry;
        for (Stage stage : Stage.values()) {
            if (stage != Stage.NONE) {
                open.put(stage, gauge(stage));
            }
        }
        this.rounds = Counter.builder("weir.analytics.neighbours.rounds")
                .description("windows in which there was something to look at")
                .register(registry);
        this.findings = Counter.builder("weir.analytics.neighbours.findings")
                .description("windows in which a tenant slowed others, each resource by itself")
                .register(registry);
        this.failed = Counter.builder("weir.analytics.neighbours.rounds.failed")
                .description("windows that could not be measured, or whose steps could not be recorded")
                .register(registry);
        this.untold = Counter.builder("weir.analytics.neighbours.alerts.failed")
                .description("alerts that the broker did not take; they stand in the log")
                .register(registry);
    }

    private AtomicInteger gauge(Stage stage) {
        AtomicInteger count = new AtomicInteger();
        Gauge.builder("weir.analytics.neighbours.restricted", count, AtomicInteger::get)
                .tag("stage", stage.wireName())
                .baseUnit("tenants")
                .description("tenants at that stage, as the instance that leads sees them")
                .register(registry);
        return count;
    }

    void found(int count) {
        rounds.increment();
        findings.increment(count);
    }

    void roundFailed() {
        failed.increment();
    }

    void alertFailed() {
        untold.increment();
    }

    void decided(Case decided) {
        Counter.builder("weir.analytics.neighbours.steps")
                .tag("stage", decided.stage().wireName())
                .tag("cause", decided.cause().wireName())
                .tag("enforced", String.valueOf(decided.enforced()))
                .description("decisions about tenants that slow others")
                .register(registry)
                .increment();
    }

    /// @param latest decision about each tenant
    void open(Collection<Case> latest, Instant now) {
        open.forEach((stage, count) -> count.set((int) latest.stream()
                .filter(one -> one.stage() == stage && one.isOpen(now))
                .count()));
    }

    /// Somebody else leads.
    void nothing() {
        open.values().forEach(count -> count.set(0));
    }
}
