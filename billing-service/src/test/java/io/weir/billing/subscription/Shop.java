package io.weir.billing.subscription;

import io.weir.billing.rating.model.Charge;
import io.weir.billing.rating.model.Commitment;
import io.weir.billing.rating.model.PriceModel;
import io.weir.billing.rating.model.TierTable;
import io.weir.billing.rating.model.TierTable.Tier;
import io.weir.billing.subscription.PlanVersion.Phase;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Currency;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Plans in plain numbers, for those who do not use ours as well: money in millionths, quantities whole.
final class Shop {

    /// @param tiers bound (-1: open) and price in millionths of each unit, by order; more than one: graduated
    /// @param free units within the price
    /// @param packageSize 0: units are priced one by one, else packages of so many at the first price
    /// @param committed millionths, -1: nothing
    record Price(List<long[]> tiers, long free, long packageSize, long committed) {

        Charge charge() {
            List<Tier> table = tiers.stream()
                    .map(tier ->
                            new Tier(tier[0] < 0 ? null : BigDecimal.valueOf(tier[0]), money(tier[1]), BigDecimal.ZERO))
                    .toList();
            PriceModel model = packageSize > 0
                    ? new PriceModel.Packages(BigDecimal.valueOf(packageSize), money(tiers.getFirst()[1]))
                    : tiers.size() > 1
                            ? new PriceModel.Graduated(new TierTable(table))
                            : new PriceModel.PerUnit(money(tiers.getFirst()[1]));
            return new Charge(
                    model,
                    BigDecimal.valueOf(free),
                    List.of(),
                    committed < 0 ? null : new Commitment(money(committed), BigDecimal.ONE),
                    null,
                    null);
        }
    }

    /// @param fee, minimum, maximum millionths; -1: none
    /// @param phases periods and percent of the fee
    record Plan(
            String code,
            int version,
            Instant from,
            String currency,
            long fee,
            Map<Metric, Price> prices,
            long minimum,
            long maximum,
            int trialDays,
            List<int[]> phases) {

        PlanVersion terms() {
            Map<Metric, Charge> charges = new TreeMap<>();
            prices.forEach((metric, price) -> charges.put(metric, price.charge()));
            return new PlanVersion(
                    code,
                    version,
                    from,
                    Currency.getInstance(currency),
                    money(fee),
                    charges,
                    orNone(minimum),
                    orNone(maximum),
                    trialDays,
                    phases.stream()
                            .map(phase -> new Phase(phase[0], BigDecimal.valueOf(phase[1], 2)))
                            .toList());
        }
    }

    /// @param fee millionths
    record Extra(String code, long fee, Metric metric, long included) {

        AddOn addOn() {
            return new AddOn(code, money(fee), Map.of(metric, BigDecimal.valueOf(included)));
        }
    }

    static final Extra SEATS = new Extra("seats", 5_000_000, Metric.SEATS, 2);
    static final Extra CALLS = new Extra("calls", 9_990_000, Metric.CALLS, 500);

    private Shop() {}

    static List<Plan> plans() {
        Instant old = Instant.parse("2027-01-01T00:00:00Z");
        List<Plan> plans = new ArrayList<>();
        plans.add(new Plan("free", 1, old, "USD", 0, Map.of(), -1, -1, 0, List.of()));
        plans.add(starter(1, old, 29_990_000, 20_000));
        plans.add(starter(2, Instant.parse("2028-05-03T07:00:00Z"), 34_990_000, 25_000));
        plans.add(growth(1, old, 299_000_000, -1));
        plans.add(growth(2, Instant.parse("2028-09-15T12:00:00Z"), 319_000_000, 350_000_000));
        plans.add(new Plan(
                "enterprise",
                1,
                old,
                "USD",
                2_500_000_000L,
                Map.of(
                        Metric.TOKENS_IN, new Price(List.of(new long[] {-1, 3}), 0, 0, 100_000_000),
                        Metric.GPU_SECONDS, new Price(List.of(new long[] {-1, 1_234}), 0, 0, -1)),
                -1,
                2_750_000_000L,
                0,
                List.of()));
        plans.add(new Plan(
                "launch",
                1,
                old,
                "USD",
                99_000_000,
                Map.of(Metric.CALLS, new Price(List.of(new long[] {-1, 5_000_000}), 100, 100, -1)),
                -1,
                -1,
                0,
                List.of(new int[] {2, 50}, new int[] {1, 75})));
        plans.add(new Plan(
                "yen",
                1,
                old,
                "JPY",
                4_321_000_000L,
                Map.of(Metric.CALLS, new Price(List.of(new long[] {-1, 1_500_000}), 10, 0, -1)),
                -1,
                -1,
                30,
                List.of()));
        return plans;
    }

    private static Plan starter(int version, Instant from, long fee, long call) {
        return new Plan(
                "starter",
                version,
                from,
                "USD",
                fee,
                Map.of(
                        Metric.CALLS, new Price(List.of(new long[] {-1, call}), 1_000, 0, -1),
                        Metric.SEATS, new Price(List.of(new long[] {-1, 7_500_000}), 3, 0, -1)),
                -1,
                -1,
                14,
                List.of());
    }

    private static Plan growth(int version, Instant from, long fee, long minimum) {
        return new Plan(
                "growth",
                version,
                from,
                "USD",
                fee,
                Map.of(
                        Metric.CALLS,
                        new Price(
                                List.of(new long[] {1_000, 15_000}, new long[] {3_000, 12_345}, new long[] {-1, 9_999}),
                                200,
                                0,
                                -1),
                        Metric.TOKENS_OUT,
                        new Price(List.of(new long[] {-1, 15}), 0, 0, -1)),
                minimum,
                -1,
                0,
                List.of());
    }

    static PlanCatalogue catalogue() {
        return new PlanCatalogue(plans().stream().map(Plan::terms).toList());
    }

    private static BigDecimal money(long millionths) {
        return BigDecimal.valueOf(millionths, 6);
    }

    private static @Nullable BigDecimal orNone(long millionths) {
        return millionths < 0 ? null : money(millionths);
    }
}
