package io.weir.billing.pricebook;

import io.weir.money.Amount;
import io.weir.money.Meter;
import io.weir.money.Rate;
import io.weir.snapshots.catalog.PriceBookSnapshot.Rule;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// What a tenant's book takes off its parent's prices.
///
/// @param provider null: any
/// @param model null: any
/// @param meter null: any
/// @param percent above 0 and at most 100
/// @param from inclusive
/// @param to exclusive; null: open
record Discount(
        @Nullable String provider,
        @Nullable String model,
        @Nullable Meter meter,
        BigDecimal percent,
        Instant from,
        @Nullable Instant to) {

    private static final int PER_HUNDRED = 2;

    boolean fits(Rule rule) {
        return (provider == null || provider.equals(rule.provider()))
                && (model == null || model.equals(rule.model()))
                && (meter == null || meter == rule.meter())
                && (to == null || rule.effectiveFrom().isBefore(to))
                && (rule.effectiveTo() == null || from.isBefore(rule.effectiveTo()));
    }

    /// The one place where a rate is rounded: to twelve decimals, half up.
    Rate off(Rate rate) {
        BigDecimal kept = BigDecimal.valueOf(100).subtract(percent).movePointLeft(PER_HUNDRED);
        return new Rate(rate.perUnit().multiply(kept).setScale(Amount.SCALE, RoundingMode.HALF_UP));
    }
}
