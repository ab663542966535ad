package io.weir.billing.subscription;

import io.weir.billing.subscription.Shop.Plan;
import io.weir.billing.subscription.Shop.Price;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What a period comes to, found out day by day and in whole numbers, without any of the code under test.
final class DayByDay {

    private static final BigInteger TRILLION = BigInteger.TEN.pow(12);

    /// @param kind start, switch, calls or seats (an add-on), fee, cancel or leave (with the period)
    /// @param plan of a start or a switch
    /// @param number of add-ons, or the own fee in millionths; -1: the plan's
    record Event(Instant at, String kind, String plan, long number) {}

    record Use(Instant at, Metric metric, long quantity) {}

    private record Day(Plan plan, long fee, boolean trial, long calls, long seats) {}

    private final List<Plan> plans;
    private final ZoneId zone;
    private final List<Event> events;
    private final Instant begun;

    DayByDay(List<Plan> plans, ZoneId zone, List<Event> events) {
        this.plans = plans;
        this.zone = zone;
        this.events = events;
        this.begun = events.getFirst().at();
    }

    Instant start(int period) {
        return LocalDateTime.ofInstant(begun, zone)
                .plusMonths(period)
                .atZone(zone)
                .toInstant();
    }

    /// In minor units.
    long total(int period, List<Use> uses) {
        LocalDate first = day(start(period));
        LocalDate end = day(start(period + 1));
        List<Day> days = new ArrayList<>();
        for (LocalDate date = first; date.isBefore(end) && goesOn(date); date = date.plusDays(1)) {
            days.add(on(date, period));
        }
        Map<Day, long[]> counted = new LinkedHashMap<>();
        days.forEach(day -> counted.computeIfAbsent(day, absent -> new long[1])[0]++);
        Map<Day, Map<Metric, Long>> used = new LinkedHashMap<>();
        for (Use use : uses) {
            boolean within = !use.at().isBefore(start(period)) && use.at().isBefore(start(period + 1));
            if (within && !days.isEmpty()) {
                int index = (int) Math.min(days.size() - 1, day(use.at()).toEpochDay() - first.toEpochDay());
                used.computeIfAbsent(days.get(index), absent -> new TreeMap<>())
                        .merge(use.metric(), use.quantity(), Long::sum);
            }
        }
        long of = end.toEpochDay() - first.toEpochDay();
        long total = 0;
        for (Map.Entry<Day, long[]> some : counted.entrySet()) {
            if (!some.getKey().trial()) {
                total += portion(some.getKey(), some.getValue()[0], of, used.getOrDefault(some.getKey(), Map.of()));
            }
        }
        return total;
    }

    private LocalDate day(Instant at) {
        return at.atZone(zone).toLocalDate();
    }

    private boolean goesOn(LocalDate date) {
        Event last = events.getLast();
        int period = 0;
        while (!last.at().isBefore(start(period + 1))) {
            period++;
        }
        LocalDate periodEnd = day(start(period + 1));
        return switch (last.kind()) {
            case "cancel" -> !date.isAfter(day(last.at())) && date.isBefore(latest(date, periodEnd));
            case "leave" -> date.isBefore(periodEnd);
            default -> true;
        };
    }

    // A day on which the period ends belongs to the next one.
    private static LocalDate latest(LocalDate date, LocalDate periodEnd) {
        return date.isBefore(periodEnd) ? date.plusDays(1) : periodEnd;
    }

    private Day on(LocalDate date, int period) {
        Event plan = events.getFirst();
        long own = -1;
        long calls = 0;
        long seats = 0;
        for (Event event : events) {
            if (day(event.at()).compareTo(date) <= 0) {
                switch (event.kind()) {
                    case "start", "switch" -> plan = event;
                    case "calls" -> calls = event.number();
                    case "seats" -> seats = event.number();
                    case "fee" -> own = event.number();
                    default -> {
                        // it ends later
                    }
                }
            }
        }
        Instant since = plan.at().isAfter(start(period)) ? plan.at() : start(period);
        Plan version = version(plan.plan(), since);
        int trial = version(events.getFirst().plan(), begun).trialDays();
        boolean trying = date.toEpochDay() - day(begun).toEpochDay() < trial;
        // Hundredths of millionths, for phases.
        long fee = own >= 0 ? own * 100 : version.fee() * percent(version, period);
        return new Day(version, fee, trying, calls, seats);
    }

    private static long percent(Plan plan, int period) {
        int left = period;
        for (int[] phase : plan.phases()) {
            if (left < phase[0]) {
                return phase[1];
            }
            left -= phase[0];
        }
        return 100;
    }

    private Plan version(String code, Instant at) {
        Plan found = null;
        for (Plan plan : plans) {
            if (plan.code().equals(code) && !plan.from().isAfter(at)) {
                found = plan;
            }
        }
        if (found == null) {
            throw new IllegalStateException("no plan " + code + " at " + at);
        }
        return found;
    }

    private static long portion(Day day, long days, long of, Map<Metric, Long> used) {
        Plan plan = day.plan();
        long total = rounded(BigInteger.valueOf(day.fee()), 100L * of, days, plan);
        total += rounded(BigInteger.valueOf(Shop.CALLS.fee() * day.calls()), of, days, plan);
        total += rounded(BigInteger.valueOf(Shop.SEATS.fee() * day.seats()), of, days, plan);
        for (Map.Entry<Metric, Price> price : plan.prices().entrySet()) {
            Metric metric = price.getKey();
            long more = (metric == Shop.CALLS.metric() ? Shop.CALLS.included() * day.calls() : 0)
                    + (metric == Shop.SEATS.metric() ? Shop.SEATS.included() * day.seats() : 0);
            total += usage(price.getValue(), more, used.getOrDefault(metric, 0L), days, of, plan);
        }
        if (plan.minimum() >= 0) {
            total = Math.max(total, rounded(BigInteger.valueOf(plan.minimum()), of, days, plan));
        }
        if (plan.maximum() >= 0) {
            total = Math.min(total, rounded(BigInteger.valueOf(plan.maximum()), of, days, plan));
        }
        return total;
    }

    // Quantities in 10^-12, prices in 10^-6.
    private static long usage(Price price, long more, long quantity, long days, long of, Plan plan) {
        BigInteger free = share(BigInteger.valueOf(price.free() + more).multiply(TRILLION), days, of);
        BigInteger left =
                BigInteger.valueOf(quantity).multiply(TRILLION).subtract(free).max(BigInteger.ZERO);
        BigInteger money = BigInteger.ZERO;
        if (price.packageSize() > 0) {
            BigInteger size = BigInteger.valueOf(price.packageSize()).multiply(TRILLION);
            BigInteger[] packages = left.divideAndRemainder(size);
            BigInteger begun = packages[1].signum() > 0 ? packages[0].add(BigInteger.ONE) : packages[0];
            money = begun.multiply(BigInteger.valueOf(price.tiers().getFirst()[1]))
                    .multiply(TRILLION);
        } else {
            BigInteger below = BigInteger.ZERO;
            for (long[] tier : price.tiers()) {
                BigInteger top = tier[0] < 0
                        ? left
                        : left.min(BigInteger.valueOf(tier[0]).multiply(TRILLION));
                if (top.compareTo(below) > 0) {
                    money = money.add(top.subtract(below).multiply(BigInteger.valueOf(tier[1])));
                    below = top;
                }
            }
        }
        if (price.committed() >= 0) {
            // 10^-6 as 10^-12 is shared, then as 10^-18.
            BigInteger committed = share(
                            BigInteger.valueOf(price.committed()).multiply(BigInteger.TEN.pow(6)), days, of)
                    .multiply(BigInteger.TEN.pow(6));
            money = money.max(committed);
        }
        return halfUp(money, BigInteger.TEN.pow(18 - digits(plan)));
    }

    private static BigInteger share(BigInteger whole, long days, long of) {
        return days == of
                ? whole
                : BigInteger.valueOf(halfUpBig(whole.multiply(BigInteger.valueOf(days)), BigInteger.valueOf(of)));
    }

    private static long halfUpBig(BigInteger amount, BigInteger by) {
        return halfUp(amount, by);
    }

    // Millionths times days over all days, in minor units.
    private static long rounded(BigInteger millionths, long of, long days, Plan plan) {
        return halfUp(
                millionths.multiply(BigInteger.valueOf(days)),
                BigInteger.valueOf(of).multiply(BigInteger.TEN.pow(6 - digits(plan))));
    }

    private static long halfUp(BigInteger amount, BigInteger by) {
        return amount.shiftLeft(1).add(by).divide(by.shiftLeft(1)).longValueExact();
    }

    private static int digits(@Nullable Plan plan) {
        return plan != null && plan.currency().equals("JPY") ? 0 : 2;
    }
}
