package io.weir.billing.rating.model;

import io.weir.billing.rating.ExactAmount;
import java.math.BigDecimal;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// One step of how an amount came about. The parts' `exact` add up to what is charged.
///
/// @param tier the tier that it is priced by, from 1; null where no tier is
/// @param quantity units priced in this step; null where money was changed, not units priced
public record Part(
        Kind kind, @Nullable Integer tier, @Nullable BigDecimal quantity, ExactAmount exact) {

    /// What a step does.
    public enum Kind {
        /// Prices units.
        USAGE,
        DISCOUNT,
        /// Fills up to a commitment, or prices what is beyond it anew.
        COMMITMENT,
        /// Fills up to the minimum.
        MINIMUM,
        /// Cuts at the maximum.
        MAXIMUM,
        /// Takes off what was billed before.
        PREVIOUSLY_BILLED;

        /// The word used on the wire.
        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    static Part usage(int tier, BigDecimal quantity, BigDecimal amount) {
        return new Part(Kind.USAGE, tier, quantity, new ExactAmount(amount));
    }

    static Part change(Kind kind, BigDecimal amount) {
        return new Part(kind, null, null, new ExactAmount(amount));
    }
}
