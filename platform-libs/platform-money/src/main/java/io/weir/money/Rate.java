package io.weir.money;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.math.BigDecimal;

/// The exact price of one unit (one token, one call), at most 12 decimals, never negative.
public record Rate(BigDecimal perUnit) implements Comparable<Rate> {

    private static final BigDecimal MILLION = BigDecimal.valueOf(1_000_000);

    public Rate {
        perUnit = Decimals.normalised("rate", perUnit, Amount.SCALE, 26);
        if (perUnit.signum() < 0) {
            throw new IllegalArgumentException("rate: " + perUnit.toPlainString() + " (expected: >= 0)");
        }
    }

    @JsonCreator
    public static Rate of(String text) {
        return new Rate(Decimals.parse("rate", text));
    }

    /// From a list price per million units, as providers publish them. Exact up to 6 decimals of the list price.
    public static Rate perMillion(String price) {
        return new Rate(Decimals.parse("price per million", price).divide(MILLION));
    }

    /// Exact, because quantities are whole numbers.
    public Amount times(long quantity) {
        if (quantity < 0) {
            throw new IllegalArgumentException("quantity: " + quantity + " (expected: >= 0)");
        }
        return new Amount(perUnit.multiply(BigDecimal.valueOf(quantity)));
    }

    @Override
    public int compareTo(Rate other) {
        return perUnit.compareTo(other.perUnit);
    }

    @JsonValue
    public String toPlainString() {
        return perUnit.toPlainString();
    }

    @Override
    public String toString() {
        return toPlainString();
    }
}
