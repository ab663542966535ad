package io.weir.billing.rating;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.math.BigDecimal;

/// Money as it is charged: with exactly the decimals of its currency. On the wire a plain decimal string.
public record RoundedAmount(BigDecimal value) {

    @JsonCreator
    static RoundedAmount of(String text) {
        return new RoundedAmount(new BigDecimal(text));
    }

    public RoundedAmount plus(RoundedAmount other) {
        return new RoundedAmount(value.add(other.value));
    }

    public RoundedAmount minus(RoundedAmount other) {
        return new RoundedAmount(value.subtract(other.value));
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
