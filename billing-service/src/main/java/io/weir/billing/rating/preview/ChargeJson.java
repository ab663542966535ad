package io.weir.billing.rating.preview;

import io.weir.billing.rating.model.Charge;
import io.weir.billing.rating.model.Commitment;
import io.weir.billing.rating.model.Discount;
import io.weir.billing.rating.model.InvalidTermsException;
import io.weir.billing.rating.model.PriceModel;
import io.weir.billing.rating.model.TierTable;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// A price as JSON: `model` says which of the other fields are looked at. Null and absent fields do not
/// apply.
public final class ChargeJson {

    /// The fields of a price.
    public static final Set<String> FIELDS = Set.of(
            "model",
            "unitPrice",
            "rate",
            "packageSize",
            "packagePrice",
            "freeUnits",
            "tiers",
            "minimum",
            "maximum",
            "discounts",
            "commitment");

    private static final Set<String> TIER_FIELDS = Set.of("upTo", "unitPrice", "flatFee", "rate");

    private ChargeJson() {}

    /// Throws a 400 naming the field that is missing, malformed or makes no sense.
    public static Charge read(Fields fields) {
        try {
            return new Charge(
                    model(fields),
                    fields.decimal("freeUnits").orElse(BigDecimal.ZERO),
                    discounts(fields),
                    fields.object("commitment").map(ChargeJson::commitment).orElse(null),
                    fields.decimal("minimum").orElse(null),
                    fields.decimal("maximum").orElse(null));
        } catch (InvalidTermsException wrong) {
            throw fields.refused(wrong.field(), wrong.reason());
        }
    }

    private static PriceModel model(Fields fields) {
        String model = fields.demanded(
                "model", "flat, per_unit, graduated, volume, package, percentage or" + " graduated_percentage");
        return switch (model) {
            case "flat" -> new PriceModel.Flat(fields.demanded("unitPrice"));
            case "per_unit" -> new PriceModel.PerUnit(fields.demanded("unitPrice"));
            case "graduated" -> new PriceModel.Graduated(tiers(fields, "unitPrice", "rate"));
            case "volume" -> new PriceModel.Volume(tiers(fields, "unitPrice", "rate"));
            case "package" -> new PriceModel.Packages(fields.demanded("packageSize"), fields.demanded("packagePrice"));
            case "percentage" -> new PriceModel.Percentage(fields.demanded("rate"));
            case "graduated_percentage" -> new PriceModel.Graduated(tiers(fields, "rate", "unitPrice"));
            default ->
                throw fields.refused(
                        "model",
                        "There is no such model. Send flat, per_unit, graduated, volume, package, percentage or"
                                + " graduated_percentage.");
        };
    }

    private static TierTable tiers(Fields fields, String price, String other) {
        List<TierTable.Tier> tiers = new ArrayList<>();
        for (Fields tier : fields.objects("tiers")) {
            tiers.add(tier(tier.only(TIER_FIELDS), price, other));
        }
        return new TierTable(tiers);
    }

    private static TierTable.Tier tier(Fields tier, String price, String other) {
        if (tier.decimal(other).orElse(BigDecimal.ZERO).signum() != 0) {
            throw tier.refused(other, "This model does not look at it. Send " + price + ".");
        }
        BigDecimal flatFee = tier.decimal("flatFee").orElse(BigDecimal.ZERO);
        BigDecimal unitPrice = tier.decimal("flatFee").isPresent()
                ? tier.decimal(price).orElse(BigDecimal.ZERO)
                : tier.demanded(price);
        if (unitPrice.signum() < 0) {
            throw tier.refused(price, "It is negative. Send 0 or more.");
        }
        return new TierTable.Tier(tier.decimal("upTo").orElse(null), unitPrice, flatFee);
    }

    private static Commitment commitment(Fields fields) {
        fields.only(Set.of("amount", "overageFactor"));
        return new Commitment(
                fields.demanded("amount"), fields.decimal("overageFactor").orElse(BigDecimal.ONE));
    }

    private static List<Discount> discounts(Fields fields) {
        List<Discount> discounts = new ArrayList<>();
        for (Fields discount : fields.objects("discounts")) {
            discounts.add(discount(discount.only(Set.of("kind", "value"))));
        }
        return discounts;
    }

    private static Discount discount(Fields fields) {
        String kind = fields.demanded("kind", "percent, amount or units");
        BigDecimal value = fields.demanded("value");
        try {
            return switch (kind) {
                case "percent" -> new Discount.Percent(value);
                case "amount" -> new Discount.Money(value);
                case "units" -> new Discount.Units(value);
                default -> throw fields.refused("kind", "There is no such discount. Send percent, amount or units.");
            };
        } catch (InvalidTermsException wrong) {
            throw fields.refused(wrong.field(), wrong.reason());
        }
    }
}
