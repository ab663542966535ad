package io.weir.billing.rating.model;

import io.weir.billing.rating.ExactAmount;
import io.weir.billing.rating.RoundedAmount;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Currency;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Bills a metric of a period in as many steps as one likes, to the same total: what is due now is what
/// the whole quantity costs, rounded, minus what the quantity billed before cost, rounded. A slice is
/// never priced by itself.
public record CumulativeBilling(Charge charge, Currency currency) {

    /// Throws [InvalidTermsException] naming `currency` when it has no minor unit to round to, as gold
    /// or `XXX` have.
    public CumulativeBilling {
        if (currency.getDefaultFractionDigits() < 0) {
            throw new InvalidTermsException(
                    "currency",
                    currency.getCurrencyCode() + " has no minor unit that an amount could be rounded to. Send the code"
                            + " of a currency that is paid with, such as USD or JPY.");
        }
    }

    /// What is due now.
    ///
    /// @param amount rounded; negative where less is owed than was billed
    /// @param exact the same before rounding
    /// @param parts how `exact` came about; they add up to it
    public record Due(RoundedAmount amount, ExactAmount exact, List<Part> parts) {

        public Due {
            parts = List.copyOf(parts);
        }
    }

    /// What is due for the period's quantity so far.
    ///
    /// @param previously the quantity that was billed last; null: nothing was billed, not even at zero
    /// usage
    public Due due(BigDecimal quantity, @Nullable BigDecimal previously) {
        Charge.Rated now = charge.rate(quantity);
        RoundedAmount rounded = now.exact().rounded(currency);
        if (previously == null) {
            return new Due(rounded, now.exact(), now.parts());
        }
        if (previously.signum() < 0) {
            throw new InvalidTermsException("previouslyBilled", "It is negative. Send 0 or more.");
        }
        ExactAmount before = charge.rate(previously).exact();
        List<Part> parts = new ArrayList<>(now.parts());
        ExactAmount taken = new ExactAmount(before.value().negate());
        parts.add(new Part(Part.Kind.PREVIOUSLY_BILLED, null, previously, taken));
        return new Due(
                rounded.minus(before.rounded(currency)),
                new ExactAmount(now.exact().value().subtract(before.value())),
                parts);
    }
}
