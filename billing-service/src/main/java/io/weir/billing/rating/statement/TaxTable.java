package io.weir.billing.rating.statement;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Map;

/// A fixed table of tax rates.
///
/// @param rates fractions by category: 0.19 is 19 percent; categories that are not in it are not taxed
public record TaxTable(Map<String, BigDecimal> rates) implements Taxes {

    /// Throws [IllegalArgumentException] when a rate is negative.
    public TaxTable {
        rates = Map.copyOf(rates);
        rates.forEach((category, rate) -> {
            if (rate.signum() < 0) {
                throw new IllegalArgumentException("tax rate of " + category + ": " + rate + " (expected: >= 0)");
            }
        });
    }

    @Override
    public long on(String category, long net) {
        return rates.getOrDefault(category, BigDecimal.ZERO)
                .multiply(BigDecimal.valueOf(net))
                .setScale(0, RoundingMode.HALF_UP)
                .longValueExact();
    }
}
