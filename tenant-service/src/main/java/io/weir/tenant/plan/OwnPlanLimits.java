package io.weir.tenant.plan;

import io.weir.r2dbc.PlatformTransaction;
import io.weir.r2dbc.governance.PlanCatalogue;
import io.weir.r2dbc.governance.PlanLimits;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// What plans allow of this service's own database, read again every half minute; as delivered until first read.
@Component
final class OwnPlanLimits implements PlanCatalogue, SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(OwnPlanLimits.class);
    private static final Duration PERIOD = Duration.ofSeconds(30);

    private final PlatformTransaction platform;
    // Of the transactions whose limits are told here: asked for when there is something to read.
    private final ObjectProvider<Plans> plans;
    private final Clock clock;
    private volatile Map<String, PlanLimits> known = Map.of();
    private volatile Disposable reading = Disposables.disposed();

    OwnPlanLimits(PlatformTransaction platform, ObjectProvider<Plans> plans, Clock clock) {
        this.platform = platform;
        this.plans = plans;
        this.clock = clock;
    }

    @Override
    public PlanLimits of(String plan) {
        PlanLimits limits = known.get(plan);
        return limits == null ? PlanLimits.delivered(plan) : limits;
    }

    @Override
    public void start() {
        reading = Flux.interval(Duration.ZERO, PERIOD)
                .onBackpressureDrop()
                .concatMap(round -> read(), 1)
                .subscribe();
    }

    @Override
    public void stop() {
        reading.dispose();
    }

    @Override
    public boolean isRunning() {
        return !reading.isDisposed();
    }

    private Mono<Void> read() {
        return platform.in("limits of plans", client -> plans.getObject().all(client))
                .doOnNext(all -> known = limits(all, clock.instant()))
                .doOnError(failed -> LOG.warn("The plans' limits stay as they were: {}", failed.toString()))
                .onErrorComplete()
                .then();
    }

    private static Map<String, PlanLimits> limits(List<Plan> plans, Instant now) {
        Map<String, PlanLimits> limits = new HashMap<>();
        for (Plan plan : plans) {
            Plan.Terms terms = plan.termsAt(now);
            limits.put(
                    plan.key(),
                    PlanLimits.delivered(plan.key())
                            .with(terms.databaseConnections(), Duration.ofMillis(terms.statementTimeoutMs())));
        }
        return Map.copyOf(limits);
    }
}
