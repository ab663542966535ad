package io.weir.orchestration.inference;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.weir.ledger.Attempt;
import io.weir.ledger.Outcome;
import io.weir.ledger.UsageEvent.Settled;
import io.weir.money.Amount;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/// Settled calls in figures, by the tenant's plan and by provider; none names a tenant. Plans are at most
/// [#MOST_PLANS],
/// the rest is `other`. Money is counted in millionths of a dollar, for charts and alerts; what is owed stands in the
/// ledger alone.
final class CallMeters {

    static final int MOST_PLANS = 16;
    static final String OTHER = "other";

    private static final int MICROS = 6;
    private static final Duration[] FIRST_TOKEN = {
        Duration.ofMillis(100),
        Duration.ofMillis(250),
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        Duration.ofSeconds(2),
        Duration.ofSeconds(5),
        Duration.ofSeconds(10)
    };
    private static final Duration[] ADDED = {
        Duration.ofMillis(5),
        Duration.ofMillis(10),
        Duration.ofMillis(25),
        Duration.ofMillis(50),
        Duration.ofMillis(100),
        Duration.ofMillis(200),
        Duration.ofMillis(500),
        Duration.ofSeconds(2),
        Duration.ofSeconds(10)
    };

    private final MeterRegistry registry;
    private final Map<String, OfPlan> plans = new ConcurrentHashMap<>();
    private final Map<String, OfProvider> providers = new ConcurrentHashMap<>();
    private final Counter savings;
    private final Counter fallbacks;

    CallMeters(MeterRegistry registry) {
        this.registry = registry;
        this.savings = registry.counter("weir.calls.savings");
        this.fallbacks = registry.counter("weir.calls.fallbacks");
        plans.put(OTHER, new OfPlan(registry, OTHER));
    }

    void settled(String planKey, Settled settled) {
        OfPlan plan = of(planKey);
        plan.outcome(settled.outcome()).increment();
        Long first = settled.timeToFirstTokenMs();
        if (first != null) {
            plan.firstToken.record(first, TimeUnit.MILLISECONDS);
        }
        long others = settled.attempts().stream().mapToLong(Attempt::latencyMs).sum();
        plan.added.record(Math.max(0, settled.latencyMs() - others), TimeUnit.MILLISECONDS);
        for (Attempt attempt : settled.attempts()) {
            provider(attempt.provider()).add(attempt);
        }
        savings.increment(micros(settled.baselineCost().minus(settled.cost())));
        if (isFallback(settled)) {
            fallbacks.increment();
        }
    }

    private static boolean isFallback(Settled settled) {
        List<Attempt> attempts = settled.attempts();
        return !attempts.isEmpty()
                && !(attempts.getFirst().provider().equals(settled.servedProvider())
                        && attempts.getFirst().model().equals(settled.servedModel()));
    }

    private static double micros(Amount amount) {
        return Math.max(0, amount.value().movePointRight(MICROS).doubleValue());
    }

    private OfPlan of(String plan) {
        OfPlan known = plans.get(plan);
        // A race may let in one more; what matters is that there is an end.
        return known != null
                ? known
                : plans.computeIfAbsent(plans.size() <= MOST_PLANS ? plan : OTHER, name -> new OfPlan(registry, name));
    }

    private OfProvider provider(String name) {
        OfProvider known = providers.get(name);
        return known != null ? known : providers.computeIfAbsent(name, absent -> new OfProvider(registry, name));
    }

    private static final class OfPlan {

        private final Map<Outcome, Counter> outcomes = new EnumMap<>(Outcome.class);
        private final Timer firstToken;
        private final Timer added;

        OfPlan(MeterRegistry registry, String plan) {
            for (Outcome outcome : Outcome.values()) {
                outcomes.put(
                        outcome, registry.counter("weir.calls.settled", "plan", plan, "outcome", outcome.wireName()));
            }
            this.firstToken = Timer.builder("weir.calls.first.token")
                    .description("from a stream's request to its first piece")
                    .tag("plan", plan)
                    .serviceLevelObjectives(FIRST_TOKEN)
                    .register(registry);
            this.added = Timer.builder("weir.calls.added")
                    .description("what a call took beyond its attempts at providers, waiting for room included")
                    .tag("plan", plan)
                    .serviceLevelObjectives(ADDED)
                    .register(registry);
        }

        Counter outcome(Outcome outcome) {
            return Objects.requireNonNull(outcomes.get(outcome));
        }
    }

    private static final class OfProvider {

        private final Counter cost;
        private final Counter attempts;

        OfProvider(MeterRegistry registry, String provider) {
            this.cost = registry.counter("weir.calls.cost", "provider", provider);
            this.attempts = registry.counter("weir.calls.attempts", "provider", provider);
        }

        void add(Attempt attempt) {
            attempts.increment();
            cost.increment(micros(attempt.cost()));
        }
    }
}
