package io.weir.billing.rating;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.weir.money.Amount;
import io.weir.money.Rate;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Currency;

/// What a line comes to before it is rounded. A cost of 12 decimals times a markup of 12 has up to 24,
/// more than an [Amount] holds, and all of them count. Normalised; on the wire a plain decimal string.
public record ExactAmount(BigDecimal value) {

    public ExactAmount {
        BigDecimal stripped = value.stripTrailingZeros();
        value = stripped.scale() < 0 ? stripped.setScale(0) : stripped;
    }

    public static ExactAmount of(Amount amount) {
        return new ExactAmount(amount.value());
    }

    @JsonCreator
    static ExactAmount of(String text) {
        return new ExactAmount(new BigDecimal(text));
    }

    static ExactAmount product(Amount cost, Rate factor) {
        return new ExactAmount(cost.value().multiply(factor.perUnit()));
    }

    /// The one place where money is rounded: half up, away from zero, to the currency's minor unit.
    public RoundedAmount rounded(Currency currency) {
        return new RoundedAmount(value.setScale(currency.getDefaultFractionDigits(), RoundingMode.HALF_UP));
    }

    @JsonValue
    public String toPlainString() {
        return value.toPlainString();
    }

    @Override
    public String toString() {
        return toPlainString();
    }
}
