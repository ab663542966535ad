package io.weir.analytics.neighbour;

import io.weir.analytics.neighbour.ladder.Case;
import io.weir.analytics.neighbour.ladder.Impact;
import io.weir.analytics.neighbour.ladder.Stage;
import io.weir.money.Amount;
import io.weir.tenancy.TenantId;
import java.time.Instant;
import java.util.List;

/// What operators are told of a step, as its contract has it (`analytics/neighbour-alert.v1`).
record Alert(
        String specversion,
        String type,
        String datacontenttype,
        String id,
        String source,
        Instant time,
        TenantId tenantid,
        Data data) {

    private static final String RUNBOOK = "docs/runbooks/noisy-neighbour.md";

    record Data(
            TenantId tenantId,
            Stage step,
            String severity,
            boolean enforced,
            String resource,
            double shareOverFairShare,
            Instant since,
            Instant until,
            List<TenantId> affectedTenants,
            long affectedTenantCount,
            long delayedCalls,
            Amount delayedCostUsd,
            long refusedCalls,
            Amount lostRevenueUsd,
            String runbook) {}

    static Alert of(Case step) {
        Impact impact = step.impact();
        return new Alert(
                "1.0",
                "io.weir.alert.neighbour.v1",
                "application/json",
                "neighbour:" + step.tenantId() + "/" + step.version(),
                "analytics",
                step.at(),
                step.tenantId(),
                new Data(
                        step.tenantId(),
                        step.stage(),
                        step.stage() == Stage.PAGE ? "critical" : "warning",
                        step.enforced(),
                        step.resource(),
                        step.shareOverFairShare(),
                        step.since(),
                        step.until(),
                        impact.tenants(),
                        impact.tenantCount(),
                        impact.delayedCalls(),
                        impact.delayedCostUsd(),
                        impact.refusedCalls(),
                        impact.lostRevenueUsd(),
                        RUNBOOK));
    }
}
