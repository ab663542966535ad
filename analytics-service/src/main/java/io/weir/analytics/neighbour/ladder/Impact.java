package io.weir.analytics.neighbour.ladder;

import io.weir.analytics.neighbour.detection.Finding;
import io.weir.analytics.neighbour.detection.Finding.Victim;
import io.weir.analytics.neighbour.detection.Use;
import io.weir.money.Amount;
import io.weir.tenancy.TenantId;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;

/// What others lost so far. Each call counts once, in the newest part of its window.
///
/// @param tenants those that suffered, the first hundred
/// @param tenantCount of them, as far as they are known one by one
/// @param delayedCalls of theirs that were answered late
/// @param delayedCostUsd what these calls cost
/// @param refusedCalls of theirs for which there was no room
/// @param lostRevenueUsd what these would have cost, at the mean of each tenant's answered calls
public record Impact(
        List<TenantId> tenants,
        long tenantCount,
        long delayedCalls,
        Amount delayedCostUsd,
        long refusedCalls,
        Amount lostRevenueUsd) {

    public static final Impact NONE = new Impact(List.of(), 0, 0, Amount.ZERO, 0, Amount.ZERO);

    private static final int MOST = 100;

    public Impact {
        tenants = List.copyOf(tenants);
    }

    Impact plus(Finding finding) {
        List<TenantId> all = new ArrayList<>(tenants);
        long delayed = delayedCalls;
        long turnedAway = refusedCalls;
        Amount cost = delayedCostUsd;
        Amount lost = lostRevenueUsd;
        for (Victim victim : finding.victims()) {
            if (all.size() < MOST && !all.contains(victim.tenant())) {
                all.add(victim.tenant());
            }
            Use.Latest latest = victim.use().latest();
            if (victim.late()) {
                delayed += latest.calls();
                cost = cost.plus(latest.cost());
            }
            turnedAway += latest.refused();
            lost = lost.plus(worth(victim.use()));
        }
        long count =
                Math.max(all.size(), Math.max(tenantCount, finding.victims().size()));
        return new Impact(all, count, delayed, cost, turnedAway, lost);
    }

    // Of the calls that were refused.
    private static Amount worth(Use use) {
        Use.Usual usual = use.usual();
        Use.Latest latest = use.latest();
        if (latest.refused() == 0) {
            return Amount.ZERO;
        }
        if (usual != null && usual.calls() > 0) {
            return times(usual.cost(), latest.refused(), usual.calls());
        }
        return latest.calls() > 0 ? times(latest.cost(), latest.refused(), latest.calls()) : Amount.ZERO;
    }

    private static Amount times(Amount cost, long refused, long answered) {
        return new Amount(cost.value()
                .multiply(BigDecimal.valueOf(refused))
                .divide(BigDecimal.valueOf(answered), Amount.SCALE, RoundingMode.HALF_UP));
    }
}
