package io.weir.billing.rating.model;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;

/// How a quantity of one metric is priced. The quantity is that of the whole period; bounds are
/// inclusive.
public sealed interface PriceModel {

    /// The steps that price that quantity, at least one, exact.
    List<Part> price(BigDecimal quantity);

    /// The same price whatever was used.
    record Flat(BigDecimal amount) implements PriceModel {

        public Flat {
            InvalidTermsException.notNegative("unitPrice", amount);
        }

        @Override
        public List<Part> price(BigDecimal quantity) {
            return List.of(Part.usage(1, quantity, amount));
        }
    }

    /// The same price for each unit.
    record PerUnit(BigDecimal unitPrice) implements PriceModel {

        public PerUnit {
            InvalidTermsException.notNegative("unitPrice", unitPrice);
        }

        @Override
        public List<Part> price(BigDecimal quantity) {
            return List.of(Part.usage(1, quantity, unitPrice.multiply(quantity)));
        }
    }

    /// Each unit at the price of the tier that it falls into. With fractions as unit prices: graduated
    /// percentages.
    record Graduated(TierTable table) implements PriceModel {

        @Override
        public List<Part> price(BigDecimal quantity) {
            return table.spread(quantity);
        }
    }

    /// All units at the price of the tier that the whole quantity falls into.
    record Volume(TierTable table) implements PriceModel {

        @Override
        public List<Part> price(BigDecimal quantity) {
            return List.of(table.reached(quantity));
        }
    }

    /// Whole packages; one that is begun is charged.
    record Packages(BigDecimal size, BigDecimal packagePrice) implements PriceModel {

        public Packages {
            InvalidTermsException.positive("packageSize", size);
            InvalidTermsException.notNegative("packagePrice", packagePrice);
        }

        @Override
        public List<Part> price(BigDecimal quantity) {
            BigDecimal begun = quantity.divide(size, 0, RoundingMode.CEILING);
            return List.of(Part.usage(1, quantity, packagePrice.multiply(begun)));
        }
    }

    /// A fraction of the quantity, which is itself an amount of money.
    record Percentage(BigDecimal rate) implements PriceModel {

        public Percentage {
            InvalidTermsException.notNegative("rate", rate);
        }

        @Override
        public List<Part> price(BigDecimal quantity) {
            return List.of(Part.usage(1, quantity, rate.multiply(quantity)));
        }
    }
}
