package io.weir.billing.subscription;

import io.weir.billing.rating.calendar.Proration;
import io.weir.billing.rating.model.Charge;
import io.weir.billing.rating.model.Commitment;
import io.weir.billing.rating.model.Discount;
import io.weir.billing.rating.model.PriceModel;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A charge for a part of a period: what is of a whole period, as units within the price, flat prices, amounts off,
/// commitment, minimum and maximum, counts by the part's share; prices of units and bounds of tiers do not.
final class ShareOfCharge {

    // Of units and amounts, before anything is multiplied with them.
    private static final int DIGITS = 12;

    private ShareOfCharge() {}

    /// @param more units within the price beside the charge's own, of a whole period
    static Charge of(Charge charge, BigDecimal more, Proration share) {
        BigDecimal free = charge.freeUnits().add(more);
        Commitment committed = charge.commitment();
        return new Charge(
                charge.model() instanceof PriceModel.Flat flat
                        ? new PriceModel.Flat(part(flat.amount(), share))
                        : charge.model(),
                part(free, share),
                discounts(charge.discounts(), share),
                committed == null ? null : new Commitment(part(committed.amount(), share), committed.overageFactor()),
                partOrNone(charge.minimum(), share),
                partOrNone(charge.maximum(), share));
    }

    private static List<Discount> discounts(List<Discount> all, Proration share) {
        return all.stream()
                .<Discount>map(discount -> switch (discount) {
                    case Discount.Money money -> new Discount.Money(part(money.value(), share));
                    case Discount.Units units -> new Discount.Units(part(units.value(), share));
                    case Discount.Percent percent -> percent;
                })
                .toList();
    }

    private static @Nullable BigDecimal partOrNone(@Nullable BigDecimal whole, Proration share) {
        return whole == null ? null : part(whole, share);
    }

    private static BigDecimal part(BigDecimal whole, Proration share) {
        return share.days() == share.of()
                ? whole
                : whole.multiply(BigDecimal.valueOf(share.days()))
                        .divide(BigDecimal.valueOf(share.of()), DIGITS, RoundingMode.HALF_UP);
    }
}
