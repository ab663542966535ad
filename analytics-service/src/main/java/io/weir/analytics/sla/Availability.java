package io.weir.analytics.sla;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.weir.money.Amount;
import io.weir.snapshots.catalog.PlanSnapshot;
import io.weir.tenancy.TenantId;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.YearMonth;
import org.jspecify.annotations.Nullable;

/// What a tenant had of its calls in a calendar month of its time zone, and what is due to it.
///
/// @param plan by which it is judged: that of now
/// @param complete false: the month goes on, and so may all of this
/// @param calls that were answered, without those that the client left
/// @param failed of these, with 5xx
/// @param available the percentage that did not fail, cut off after five digits; null where there was no call
/// @param objective the percentage that the plan promises; null: none
/// @param budgetLeft the part of the failures that the objective allows which is left, below 0 where it is not met;
///     null without objective or calls
/// @param creditPercent of the monthly fee
/// @param creditUsd the same in US dollars, exact
@JsonInclude(JsonInclude.Include.NON_NULL)
record Availability(
        TenantId tenantId,
        String plan,
        YearMonth month,
        boolean complete,
        long calls,
        long failed,
        @Nullable BigDecimal available,
        @Nullable BigDecimal objective,
        @Nullable BigDecimal budgetLeft,
        BigDecimal creditPercent,
        Amount creditUsd) {

    private static final BigDecimal ALL = BigDecimal.valueOf(100);
    // Cut off, not rounded: 99.999999 is not all of it.
    private static final int DIGITS = 5;

    /// What was counted.
    record Counted(TenantId tenant, long calls, long failed) {}

    /// @param terms of the plan in the month; null: not known, so no fee of which a part is due
    static Availability of(
            Counted counted,
            String plan,
            YearMonth month,
            boolean complete,
            PlanSnapshot.@Nullable Terms terms,
            SlaProperties properties) {
        BigDecimal objective = properties.objective(plan);
        BigDecimal percent = BigDecimal.ZERO;
        BigDecimal available = null;
        BigDecimal left = null;
        if (counted.calls() > 0) {
            BigDecimal calls = BigDecimal.valueOf(counted.calls());
            BigDecimal served = BigDecimal.valueOf(counted.calls() - counted.failed());
            available = served.multiply(ALL).divide(calls, DIGITS, RoundingMode.DOWN);
            if (objective != null) {
                percent = properties.credit(available, objective);
                left = left(counted, objective);
            }
        }
        Amount fee = terms == null ? Amount.ZERO : terms.monthlyFee();
        return new Availability(
                counted.tenant(),
                plan,
                month,
                complete,
                counted.calls(),
                counted.failed(),
                available,
                objective,
                left,
                percent,
                new Amount(fee.value().multiply(percent).movePointLeft(2)));
    }

    private static @Nullable BigDecimal left(Counted counted, BigDecimal objective) {
        BigDecimal allowed = BigDecimal.valueOf(counted.calls())
                .multiply(ALL.subtract(objective))
                .movePointLeft(2);
        return allowed.signum() == 0
                ? null
                : BigDecimal.ONE.subtract(
                        BigDecimal.valueOf(counted.failed()).divide(allowed, 4, RoundingMode.HALF_UP));
    }
}
