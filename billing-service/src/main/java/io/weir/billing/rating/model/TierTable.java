package io.weir.billing.rating.model;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Tiers in rising order: each begins above the bound of the one before and ends at its own, inclusive.
/// The last is open, so that every quantity has a price.
public record TierTable(List<Tier> tiers) {

    private static final int MOST = 1_000;

    /// Throws [InvalidTermsException] naming the tier when there is none, they do not rise, or
    /// quantities above the last would have no price.
    public TierTable {
        tiers = List.copyOf(tiers);
        if (tiers.isEmpty() || tiers.size() > MOST) {
            throw new InvalidTermsException("tiers", "There are " + tiers.size() + " tiers. Send 1 to " + MOST + ".");
        }
        BigDecimal below = BigDecimal.ZERO;
        for (int i = 0; i < tiers.size(); i++) {
            BigDecimal bound = tiers.get(i).upTo();
            String field = "tiers[" + i + "].upTo";
            tiers.get(i).check("tiers[" + i + "]");
            boolean last = i == tiers.size() - 1;
            if (bound == null && !last) {
                throw new InvalidTermsException(
                        field, "Only the last tier may be open, and tiers follow it that could never be reached.");
            }
            if (bound != null && last) {
                throw new InvalidTermsException(
                        field,
                        "The table has a gap: quantities above " + bound.toPlainString()
                                + " have no price. Leave upTo of the last tier out.");
            }
            if (bound != null && bound.compareTo(below) <= 0) {
                throw new InvalidTermsException(
                        field,
                        "The bound " + bound.toPlainString() + " is not above the one before it, "
                                + below.toPlainString() + ": tiers overlap.");
            }
            below = bound == null ? below : bound;
        }
    }

    /// One tier.
    ///
    /// @param upTo its last quantity, inclusive; null: open
    /// @param unitPrice of each unit; for percentages the fraction that is charged
    /// @param flatFee charged once where the tier applies, the first tier's at zero usage too
    public record Tier(@Nullable BigDecimal upTo, BigDecimal unitPrice, BigDecimal flatFee) {

        private void check(String path) {
            InvalidTermsException.notNegative(path + ".unitPrice", unitPrice);
            InvalidTermsException.notNegative(path + ".flatFee", flatFee);
        }

        private boolean holds(BigDecimal quantity) {
            return upTo == null || quantity.compareTo(upTo) <= 0;
        }
    }

    /// Each tier that the quantity enters, with the part of it that falls into the tier.
    List<Part> spread(BigDecimal quantity) {
        List<Part> parts = new ArrayList<>();
        BigDecimal from = BigDecimal.ZERO;
        for (int i = 0; i < tiers.size(); i++) {
            Tier tier = tiers.get(i);
            BigDecimal bound = tier.upTo();
            if (i > 0 && quantity.compareTo(from) <= 0) {
                break;
            }
            BigDecimal to = bound == null ? quantity : quantity.min(bound);
            parts.add(part(i, to.subtract(from)));
            from = to;
        }
        return parts;
    }

    /// The tier that the whole quantity falls into.
    Part reached(BigDecimal quantity) {
        int i = 0;
        while (!tiers.get(i).holds(quantity)) {
            i++;
        }
        return part(i, quantity);
    }

    private Part part(int index, BigDecimal quantity) {
        Tier tier = tiers.get(index);
        return Part.usage(
                index + 1, quantity, tier.unitPrice().multiply(quantity).add(tier.flatFee()));
    }
}
