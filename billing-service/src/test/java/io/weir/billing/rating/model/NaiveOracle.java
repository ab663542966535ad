package io.weir.billing.rating.model;

/// Prices a plan tenth by tenth of a unit, in whole numbers only, without any of the code under test.
/// Money is counted in units of 10^-11, so that two percentages off leave no remainder.
final class NaiveOracle {

    private static final long MILLIONTH = 100_000;
    private static final long CENT = 1_000_000_000;

    private NaiveOracle() {}

    /// In cents, half a cent upwards.
    static long cents(RandomPlan plan, long tenths) {
        long money = exact(plan, tenths);
        long cents = money / CENT;
        return money % CENT * 2 >= CENT ? cents + 1 : cents;
    }

    private static long exact(RandomPlan plan, long tenths) {
        long left = tenths > plan.units() ? tenths - plan.units() : 0;
        long money = usage(plan, left);
        if (plan.off() >= 0) {
            long off = plan.off() * MILLIONTH;
            money = off > money ? 0 : money - off;
        }
        for (long percent : plan.percents()) {
            money = money / 100 * (100 - percent) + money % 100 * (100 - percent) / 100;
        }
        if (plan.committed() >= 0 && money < plan.committed() * MILLIONTH) {
            money = plan.committed() * MILLIONTH;
        }
        if (plan.minimum() >= 0 && money < plan.minimum() * MILLIONTH) {
            money = plan.minimum() * MILLIONTH;
        }
        if (plan.maximum() >= 0 && money > plan.maximum() * MILLIONTH) {
            money = plan.maximum() * MILLIONTH;
        }
        return money;
    }

    private static long usage(RandomPlan plan, long tenths) {
        long price = plan.prices().getFirst() * MILLIONTH;
        return switch (plan.model()) {
            case "flat" -> price;
            case "graduated" -> graduated(plan, tenths);
            case "volume" -> volume(plan, tenths);
            case "package" -> packages(plan, tenths) * price;
            default -> tenths * price / 10;
        };
    }

    private static long packages(RandomPlan plan, long tenths) {
        long packages = 0;
        for (long covered = 0; covered < tenths; covered += plan.size()) {
            packages++;
        }
        return packages;
    }

    private static long graduated(RandomPlan plan, long tenths) {
        long money = plan.fees().getFirst() * MILLIONTH;
        int tier = 0;
        for (long tenth = 1; tenth <= tenths; tenth++) {
            int now = tierOf(plan, tenth);
            if (now != tier) {
                tier = now;
                money += plan.fees().get(tier) * MILLIONTH;
            }
            money += plan.prices().get(tier) * MILLIONTH / 10;
        }
        return money;
    }

    private static long volume(RandomPlan plan, long tenths) {
        int tier = tierOf(plan, tenths);
        return tenths * (plan.prices().get(tier) * MILLIONTH / 10) + plan.fees().get(tier) * MILLIONTH;
    }

    private static int tierOf(RandomPlan plan, long tenth) {
        int tier = 0;
        for (long bound : plan.bounds()) {
            if (tenth > bound) {
                tier++;
            }
        }
        return tier;
    }
}
