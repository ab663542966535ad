package io.weir.billing.stripe;

import io.weir.billing.rating.RoundedAmount;
import java.math.BigDecimal;
import java.util.Currency;

/// Money as Stripe counts it: whole numbers of the currency's smallest unit.
final class MinorUnits {

    private MinorUnits() {}

    /// Exact: throws [ArithmeticException] for an amount that is not rounded to the currency's decimals, or that no
    /// long holds. Nothing is ever rounded here.
    static long of(RoundedAmount amount, Currency currency) {
        return amount.value()
                .movePointRight(currency.getDefaultFractionDigits())
                .longValueExact();
    }

    /// For people: `99.32 USD`.
    static String text(long minor, Currency currency) {
        return BigDecimal.valueOf(minor, currency.getDefaultFractionDigits()).toPlainString() + " "
                + currency.getCurrencyCode();
    }
}
