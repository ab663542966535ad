package io.weir.money;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Currency;

/// An exact amount of money in a currency known from its place (US dollars unless said otherwise).
/// At most 12 decimals and 26 digits before the point, as NUMERIC(38,12); normalised, so that equal amounts are equal.
/// On the wire a plain decimal string.
public record Amount(BigDecimal value) implements Comparable<Amount> {

    /// Decimals kept, the scale of NUMERIC(38,12).
    public static final int SCALE = 12;

    public static final Amount ZERO = new Amount(BigDecimal.ZERO);

    private static final int WHOLE_DIGITS = 26;

    public Amount {
        value = Decimals.normalised("amount", value, SCALE, WHOLE_DIGITS);
    }

    /// Reads a decimal number in plain or exponent form.
    /// Throws [IllegalArgumentException] naming the text when it is no number or has more than 12 decimals.
    @JsonCreator
    public static Amount of(String text) {
        return new Amount(Decimals.parse("amount", text));
    }

    public Amount plus(Amount other) {
        return new Amount(value.add(other.value));
    }

    public Amount minus(Amount other) {
        return new Amount(value.subtract(other.value));
    }

    public boolean isNegative() {
        return value.signum() < 0;
    }

    public boolean isZero() {
        return value.signum() == 0;
    }

    /// Rounded half up, away from zero, to the currency's minor unit. Only an invoice line may ask for this.
    public BigDecimal rounded(Currency currency) {
        return value.setScale(currency.getDefaultFractionDigits(), RoundingMode.HALF_UP);
    }

    @Override
    public int compareTo(Amount other) {
        return value.compareTo(other.value);
    }

    /// Plain decimal form, never with an exponent.
    @JsonValue
    public String toPlainString() {
        return value.toPlainString();
    }

    @Override
    public String toString() {
        return toPlainString();
    }
}
