package io.weir.analytics.outlier;

import io.weir.analytics.outlier.TenantFigures.Spend;
import io.weir.snapshots.catalog.PlanSnapshot;
import io.weir.snapshots.catalog.PlanSnapshot.Period;
import io.weir.snapshots.catalog.PlanSnapshot.Terms;
import io.weir.snapshots.catalog.TenantSnapshot;
import io.weir.tenancy.TenantId;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.function.Function;

/// What a tenant's month brings, estimated from its plan: the fee's share of the days that are over, usage with the
/// plan's markup, and calls beyond those that a month includes. For alarms alone; invoices are billing's.
final class Revenue {

    private final Function<String, Optional<TenantSnapshot>> tenants;
    private final Function<String, Optional<PlanSnapshot>> plans;

    /// @param tenants by id
    /// @param plans by key
    Revenue(Function<String, Optional<TenantSnapshot>> tenants, Function<String, Optional<PlanSnapshot>> plans) {
        this.tenants = tenants;
        this.plans = plans;
    }

    /// The tenant's plan; `unknown` where it has none that is known here.
    String plan(TenantId tenant) {
        return tenants.apply(tenant.toString()).map(TenantSnapshot::plan).orElse("unknown");
    }

    /// The first instant of the calendar month (UTC).
    static Instant month(Instant now) {
        return YearMonth.from(now.atZone(ZoneOffset.UTC))
                .atDay(1)
                .atStartOfDay(ZoneOffset.UTC)
                .toInstant();
    }

    /// What the month has cost so far over what it has brought; empty where either is not known or nothing is brought.
    Optional<Double> costShare(Spend spend, Instant now) {
        return plans.apply(plan(spend.tenant()))
                .map(plan -> brought(plan.termsAt(now), spend, now))
                .filter(brought -> brought > 0)
                .map(brought -> spend.month().value().doubleValue() / brought);
    }

    private static double brought(Terms terms, Spend spend, Instant now) {
        Instant month = month(now);
        double days = YearMonth.from(now.atZone(ZoneOffset.UTC)).lengthOfMonth();
        double elapsed = Duration.between(month, now).toMillis()
                / (days * Duration.ofDays(1).toMillis());
        BigDecimal usage = spend.month().value().multiply(terms.markup().perUnit());
        double fee = terms.monthlyFee().value().doubleValue() * elapsed;
        return fee + usage.doubleValue() + overage(terms, spend.monthCalls());
    }

    private static double overage(Terms terms, long calls) {
        Long included = terms.includedCalls();
        if (included == null || terms.overagePerCall() == null || terms.includedPer() != Period.MONTH) {
            return 0;
        }
        return terms.overagePerCall()
                .times(Math.max(0, calls - included))
                .value()
                .doubleValue();
    }
}
