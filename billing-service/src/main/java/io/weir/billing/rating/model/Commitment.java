package io.weir.billing.rating.model;

import java.math.BigDecimal;

/// An amount that is owed in each period, used or not, and covers usage up to itself.
///
/// @param amount committed per period
/// @param overageFactor what usage beyond it is multiplied by: 1 at the same prices, 0.9 a tenth
/// cheaper
public record Commitment(BigDecimal amount, BigDecimal overageFactor) {

    public Commitment {
        InvalidTermsException.notNegative("commitment.amount", amount);
        InvalidTermsException.notNegative("commitment.overageFactor", overageFactor);
    }

    /// What is owed for usage of that value.
    BigDecimal owed(BigDecimal usage) {
        return amount.add(usage.subtract(amount).max(BigDecimal.ZERO).multiply(overageFactor));
    }
}
