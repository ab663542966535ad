package io.weir.r2dbc.governance.snapshots;

import io.weir.r2dbc.governance.PlanCatalogue;
import io.weir.r2dbc.governance.PlanLimits;
import io.weir.snapshots.SnapshotTable;
import io.weir.snapshots.catalog.PlanSnapshot;
import java.time.Clock;
import java.time.Duration;

/// The limits of the terms in force; what a plan does not publish is as delivered.
public final class PublishedPlans implements PlanCatalogue {

    private final SnapshotTable<PlanSnapshot> plans;
    private final Clock clock;

    public PublishedPlans(SnapshotTable<PlanSnapshot> plans, Clock clock) {
        this.plans = plans;
        this.clock = clock;
    }

    @Override
    public PlanLimits of(String plan) {
        PlanLimits delivered = PlanLimits.delivered(plan);
        return plans.find(plan)
                .map(found -> limits(delivered, found.termsAt(clock.instant())))
                .orElse(delivered);
    }

    private static PlanLimits limits(PlanLimits delivered, PlanSnapshot.Terms terms) {
        Integer connections = terms.databaseConnections();
        Integer timeout = terms.statementTimeoutMs();
        return delivered.with(
                connections == null || connections < 1 ? delivered.connections() : connections,
                timeout == null || timeout < 1 ? delivered.statementTimeout() : Duration.ofMillis(timeout));
    }
}
