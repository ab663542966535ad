package io.weir.billing.rating.calendar;

import io.weir.billing.rating.RoundedAmount;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Currency;

/// A share of a period by days, `days` of `of`: 25 of April's 30. The parts of a period add up to 1.
public record Proration(long days, long of) {

    public Proration {
        if (of < 1 || days < 0 || days > of) {
            throw new IllegalArgumentException("proration: " + days + " of " + of + " (expected: 0 to all of >= 1)");
        }
    }

    /// That share of a price. Divides and rounds in one step, half up, away from zero, to the
    /// currency's minor unit. Throws [IllegalArgumentException] when it has none.
    public RoundedAmount of(BigDecimal price, Currency currency) {
        int digits = currency.getDefaultFractionDigits();
        if (digits < 0) {
            throw new IllegalArgumentException("currency: " + currency + " (expected: one with a minor unit)");
        }
        return new RoundedAmount(
                price.multiply(BigDecimal.valueOf(days)).divide(BigDecimal.valueOf(of), digits, RoundingMode.HALF_UP));
    }

    /// What a change of price comes to for that share: the new price's line, and the old one's given
    /// back.
    ///
    /// @param charged the share of the new price
    /// @param credited the share of the old price, to be given back where it was paid in advance
    public record Change(RoundedAmount charged, RoundedAmount credited) {

        /// Due now; negative after a downgrade.
        public RoundedAmount net() {
            return charged.minus(credited);
        }
    }

    /// A change from one price to another for the rest of a period, of which this is the share.
    public Change change(BigDecimal from, BigDecimal to, Currency currency) {
        return new Change(of(to, currency), of(from, currency));
    }
}
