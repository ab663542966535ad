package io.weir.billing.rating.model;

import java.math.BigDecimal;

/// What is taken off a charge. Units go first, then amounts, then percentages, whatever their order in
/// the list.
public sealed interface Discount {

    BigDecimal value();

    /// Units that are not priced.
    record Units(BigDecimal value) implements Discount {
        public Units {
            InvalidTermsException.notNegative("value", value);
        }
    }

    /// Money off, at most what is charged.
    record Money(BigDecimal value) implements Discount {
        public Money {
            InvalidTermsException.notNegative("value", value);
        }
    }

    /// A share of what is left, from 0 to 100. Several multiply: 50 and 50 leave a quarter.
    record Percent(BigDecimal value) implements Discount {

        private static final BigDecimal WHOLE = BigDecimal.valueOf(100);

        public Percent {
            InvalidTermsException.notNegative("value", value);
            if (value.compareTo(WHOLE) > 0) {
                throw new InvalidTermsException("value", "A discount of over 100 percent is not one.");
            }
        }

        BigDecimal of(BigDecimal amount) {
            return amount.multiply(value).movePointLeft(2);
        }
    }
}
