package io.weir.billing.rating.model;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/// A price in plain numbers, for those who do not use ours: money in millionths, quantities in tenths.
///
/// @param model flat, per_unit, graduated, volume, package or percentage
/// @param bounds last tenths of all tiers but the open one
/// @param fees flat fees of the tiers
/// @param size tenths of a package
/// @param units tenths that are not priced
/// @param off money off, -1: none
/// @param percents taken off
/// @param committed, minimum, maximum -1: none
record RandomPlan(
        String model,
        List<Long> bounds,
        List<Long> prices,
        List<Long> fees,
        long size,
        long units,
        long off,
        List<Long> percents,
        long committed,
        long minimum,
        long maximum) {

    private static final List<String> MODELS =
            List.of("flat", "per_unit", "graduated", "volume", "package", "percentage");

    static RandomPlan of(Random random) {
        String model = MODELS.get(random.nextInt(MODELS.size()));
        List<Long> bounds = new ArrayList<>();
        List<Long> prices = new ArrayList<>(List.of(price(random)));
        List<Long> fees = new ArrayList<>(List.of(fee(random)));
        for (int i = random.nextInt(4); i > 0; i--) {
            bounds.add((bounds.isEmpty() ? 0 : bounds.getLast()) + 1 + random.nextInt(400));
            prices.add(price(random));
            fees.add(fee(random));
        }
        List<Long> percents = new ArrayList<>();
        for (int i = random.nextInt(6); i > 3; i--) {
            percents.add((long) random.nextInt(101));
        }
        long minimum = maybe(random, 300_000_000);
        long above = maybe(random, 900_000_000);
        return new RandomPlan(
                model,
                bounds,
                prices,
                fees,
                1 + random.nextInt(200),
                random.nextInt(3) == 0 ? random.nextInt(300) : 0,
                maybe(random, 20_000_000),
                percents,
                maybe(random, 100_000_000),
                minimum,
                above < 0 ? -1 : Math.max(0, minimum) + above);
    }

    static BigDecimal quantity(Random random) {
        return tenths(random.nextInt(1_500));
    }

    static BigDecimal tenths(long tenths) {
        return BigDecimal.valueOf(tenths, 1);
    }

    private static long price(Random random) {
        return random.nextBoolean() ? random.nextInt(100_000) : random.nextInt(1_000) * 5_000L;
    }

    private static long fee(Random random) {
        return random.nextInt(3) == 0 ? random.nextInt(30_000_000) : 0;
    }

    private static long maybe(Random random, int most) {
        return random.nextInt(4) == 0 ? random.nextInt(most) : -1;
    }

    Charge charge() {
        List<Discount> discounts = new ArrayList<>();
        percents.forEach(percent -> discounts.add(new Discount.Percent(BigDecimal.valueOf(percent))));
        if (off >= 0) {
            discounts.add(new Discount.Money(money(off)));
        }
        return new Charge(
                priceModel(),
                tenths(units),
                discounts,
                committed < 0 ? null : new Commitment(money(committed), BigDecimal.ONE),
                orNone(minimum),
                orNone(maximum));
    }

    private PriceModel priceModel() {
        BigDecimal price = money(prices.getFirst());
        return switch (model) {
            case "flat" -> new PriceModel.Flat(price);
            case "per_unit" -> new PriceModel.PerUnit(price);
            case "graduated" -> new PriceModel.Graduated(table());
            case "volume" -> new PriceModel.Volume(table());
            case "package" -> new PriceModel.Packages(tenths(size), price);
            default -> new PriceModel.Percentage(price);
        };
    }

    private TierTable table() {
        List<TierTable.Tier> tiers = new ArrayList<>();
        for (int i = 0; i < prices.size(); i++) {
            BigDecimal bound = i < bounds.size() ? tenths(bounds.get(i)) : null;
            tiers.add(new TierTable.Tier(bound, money(prices.get(i)), money(fees.get(i))));
        }
        return new TierTable(tiers);
    }

    private static @Nullable BigDecimal orNone(long millionths) {
        return millionths < 0 ? null : money(millionths);
    }

    private static BigDecimal money(long millionths) {
        return BigDecimal.valueOf(millionths, 6);
    }
}
