package io.weir.billing.rating.model;

import io.weir.billing.rating.ExactAmount;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Everything that turns a metric's quantity of a period into an exact amount. The steps come in this
/// order: free units and unit discounts off the quantity, the model, amounts off, percentages off,
/// commitment, minimum, maximum.
///
/// @param freeUnits units within the price, before the model is asked
/// @param minimum the least that is charged; null: none
/// @param maximum the most that is charged, above the minimum; null: none
public record Charge(
        PriceModel model,
        BigDecimal freeUnits,
        List<Discount> discounts,
        @Nullable Commitment commitment,
        @Nullable BigDecimal minimum,
        @Nullable BigDecimal maximum) {

    private static final int MOST_DISCOUNTS = 100;

    /// Throws [InvalidTermsException] naming the field that does not make sense.
    public Charge {
        discounts = List.copyOf(discounts);
        InvalidTermsException.notNegative("freeUnits", freeUnits);
        if (discounts.size() > MOST_DISCOUNTS) {
            throw new InvalidTermsException("discounts", "There are more than " + MOST_DISCOUNTS + ".");
        }
        if (minimum != null) {
            InvalidTermsException.notNegative("minimum", minimum);
        }
        if (maximum != null) {
            InvalidTermsException.notNegative("maximum", maximum);
            if (minimum != null && minimum.compareTo(maximum) > 0) {
                throw new InvalidTermsException(
                        "maximum",
                        "The maximum " + maximum.toPlainString() + " is below the minimum " + minimum.toPlainString()
                                + ".");
            }
        }
    }

    /// A price without anything else.
    public static Charge of(PriceModel model) {
        return new Charge(model, BigDecimal.ZERO, List.of(), null, null, null);
    }

    /// What a quantity costs.
    ///
    /// @param parts how it came about; they add up to `exact`
    public record Rated(List<Part> parts, ExactAmount exact) {

        public Rated {
            parts = List.copyOf(parts);
        }
    }

    /// Prices the whole quantity of a period. Throws [InvalidTermsException] when it is negative.
    public Rated rate(BigDecimal quantity) {
        InvalidTermsException.notNegative("quantity", quantity);
        List<Part> parts = new ArrayList<>(model.price(billable(quantity)));
        BigDecimal total = parts.stream().map(part -> part.exact().value()).reduce(BigDecimal.ZERO, BigDecimal::add);
        for (Discount discount : discounts) {
            total = discount instanceof Discount.Money money
                    ? step(
                            parts,
                            Part.Kind.DISCOUNT,
                            total,
                            now -> now.subtract(money.value().min(now)))
                    : total;
        }
        for (Discount discount : discounts) {
            total = discount instanceof Discount.Percent percent
                    ? step(parts, Part.Kind.DISCOUNT, total, now -> now.subtract(percent.of(now)))
                    : total;
        }
        total = bounded(parts, total);
        return new Rated(parts, new ExactAmount(total));
    }

    private BigDecimal billable(BigDecimal quantity) {
        BigDecimal left = quantity.subtract(freeUnits);
        for (Discount discount : discounts) {
            left = discount instanceof Discount.Units units ? left.subtract(units.value()) : left;
        }
        return left.max(BigDecimal.ZERO);
    }

    private BigDecimal bounded(List<Part> parts, BigDecimal discounted) {
        BigDecimal total = discounted;
        Commitment committed = commitment;
        if (committed != null) {
            total = step(parts, Part.Kind.COMMITMENT, total, committed::owed);
        }
        BigDecimal least = minimum;
        if (least != null) {
            total = step(parts, Part.Kind.MINIMUM, total, now -> now.max(least));
        }
        BigDecimal most = maximum;
        return most == null ? total : step(parts, Part.Kind.MAXIMUM, total, now -> now.min(most));
    }

    private static BigDecimal step(
            List<Part> parts, Part.Kind kind, BigDecimal before, UnaryOperator<BigDecimal> change) {
        BigDecimal after = change.apply(before);
        if (after.compareTo(before) != 0) {
            parts.add(Part.change(kind, after.subtract(before)));
        }
        return after;
    }
}
