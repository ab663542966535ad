package io.weir.gateway.access;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.weir.gateway.call.Call;
import io.weir.gateway.call.Caller;
import io.weir.gateway.call.RouteClass;
import io.weir.problem.ProblemType;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/// Calls of models by the caller's plan, for objectives that are a plan's; and refusals by reason. No label is what a
/// caller says: plans are at most [#MOST_PLANS], reasons those of the list of problems, and the rest is `other`.
final class CallMeters {

    static final int MOST_PLANS = 16;
    static final String OTHER = "other";

    private static final int FAMILIES = 5;
    private static final Set<String> REASONS =
            Arrays.stream(ProblemType.values()).map(ProblemType::code).collect(Collectors.toUnmodifiableSet());
    private static final Duration[] BOUNDS = {
        Duration.ofMillis(50),
        Duration.ofMillis(200),
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        Duration.ofSeconds(2),
        Duration.ofSeconds(5),
        Duration.ofSeconds(10),
        Duration.ofSeconds(30),
        Duration.ofSeconds(60)
    };

    private final MeterRegistry registry;
    private final Map<String, Timer[]> plans = new ConcurrentHashMap<>();
    private final Map<String, Counter> refusals = new ConcurrentHashMap<>();

    CallMeters(MeterRegistry registry) {
        this.registry = registry;
        plans.put(OTHER, timers(OTHER));
    }

    void ended(Call call, Finished finished) {
        Caller caller = call.caller();
        if (caller != null && call.route() == RouteClass.INFERENCE) {
            int family = Math.clamp(finished.status() / 100, 1, FAMILIES);
            of(caller.tenant().plan())[family - 1].record(finished.nanos(), TimeUnit.NANOSECONDS);
        }
        String reason = call.refusal();
        if (reason != null) {
            refusals.computeIfAbsent(REASONS.contains(reason) ? reason : OTHER, this::counter)
                    .increment();
        }
    }

    private Timer[] of(String plan) {
        Timer[] known = plans.get(plan);
        if (known != null) {
            return known;
        }
        // A race may let in one more; what matters is that there is an end.
        return plans.computeIfAbsent(plans.size() <= MOST_PLANS ? plan : OTHER, this::timers);
    }

    private Timer[] timers(String plan) {
        Timer[] all = new Timer[FAMILIES];
        for (int family = 1; family <= FAMILIES; family++) {
            all[family - 1] = Timer.builder(GatewayMeter.CALLS.id())
                    .description(GatewayMeter.CALLS.description())
                    .tag("plan", plan)
                    .tag("status", family + "xx")
                    .serviceLevelObjectives(BOUNDS)
                    .register(registry);
        }
        return all;
    }

    private Counter counter(String reason) {
        return Counter.builder(GatewayMeter.REFUSALS.id())
                .description(GatewayMeter.REFUSALS.description())
                .baseUnit("requests")
                .tag("reason", reason)
                .register(registry);
    }
}
