package io.weir.billing.pricebook;

import io.weir.money.Meter;
import io.weir.money.Rate;
import io.weir.snapshots.catalog.DailyHours;
import io.weir.snapshots.catalog.PriceBookSnapshot;
import io.weir.snapshots.catalog.PriceBookSnapshot.Rule;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What a new version of a price book changes. Pure.
///
/// @param changed prices that are others at some instant, each pair once, at the first such instant
/// @param added what has prices only now
/// @param removed what has none any more
record Comparison(List<Change> changed, List<Priced> added, List<Priced> removed) {

    /// A change of more than this part of the price before waits for somebody's approval.
    static final BigDecimal LARGE = new BigDecimal("0.2");

    private static final BigDecimal HUNDRED = BigDecimal.valueOf(100);

    Comparison {
        changed = List.copyOf(changed);
        added = List.copyOf(added);
        removed = List.copyOf(removed);
    }

    /// What one price is for, whenever it holds.
    ///
    /// @param hours of the day; null: all day
    record Priced(
            String provider,
            String model,
            Meter meter,
            String serviceTier,
            long contextOver,
            @Nullable DailyHours hours)
            implements Comparable<Priced> {

        private static final Comparator<Priced> ORDER = Comparator.comparing(Priced::provider)
                .thenComparing(Priced::model)
                .thenComparing(Priced::serviceTier)
                .thenComparingLong(Priced::contextOver)
                .thenComparing(Priced::meter)
                .thenComparing(price -> String.valueOf(price.hours()));

        static Priced of(Rule rule) {
            return new Priced(
                    rule.provider(), rule.model(), rule.meter(), rule.serviceTier(), rule.contextOver(), rule.hours());
        }

        Priced allDay() {
            return new Priced(provider, model, meter, serviceTier, contextOver, null);
        }

        @Override
        public int compareTo(Priced other) {
            return ORDER.compare(this, other);
        }
    }

    /// @param from the first instant at which the prices differ
    /// @param percent of the price before, to one decimal; null: it was nothing
    /// @param times the price after as a multiple of the one before, where it is at least ten times as much or a
    ///     tenth: then a unit may have slipped
    /// @param large whether it is more than a fifth
    record Change(
            Priced price,
            Instant from,
            Rate before,
            Rate after,
            @Nullable BigDecimal percent,
            @Nullable String times,
            boolean large) {

        static Change of(Priced price, Instant from, Rate before, Rate after) {
            BigDecimal was = before.perUnit();
            BigDecimal moved = after.perUnit().subtract(was);
            if (was.signum() == 0) {
                return new Change(price, from, before, after, null, null, true);
            }
            BigDecimal percent = moved.multiply(HUNDRED).divide(was, 1, RoundingMode.HALF_UP);
            boolean large = moved.abs().compareTo(was.multiply(LARGE)) > 0;
            return new Change(price, from, before, after, percent, times(was, after.perUnit()), large);
        }

        private static @Nullable String times(BigDecimal was, BigDecimal is) {
            BigDecimal ratio = is.divide(was, 6, RoundingMode.HALF_UP);
            boolean slipped = ratio.compareTo(BigDecimal.TEN) >= 0 || ratio.compareTo(new BigDecimal("0.1")) <= 0;
            return slipped ? ratio.stripTrailingZeros().toPlainString() : null;
        }
    }

    /// @param before null: there is none
    static Comparison of(@Nullable PriceBookSnapshot before, PriceBookSnapshot after) {
        Map<Priced, List<Rule>> was = before == null ? Map.of() : byPrice(before);
        Map<Priced, List<Rule>> is = byPrice(after);
        List<Change> changed = new ArrayList<>();
        List<Priced> added = new ArrayList<>();
        List<Priced> removed = new ArrayList<>();
        Set<Priced> all = new LinkedHashSet<>(is.keySet());
        all.addAll(was.keySet());
        for (Priced price : all) {
            List<Rule> old = paid(was, price);
            List<Rule> rules = paid(is, price);
            if (old.isEmpty()) {
                added.add(price);
            } else if (rules.isEmpty()) {
                removed.add(price);
            } else {
                changed.addAll(changes(price, old, rules));
            }
        }
        return new Comparison(
                changed.stream()
                        .sorted(Comparator.comparing(Change::price).thenComparing(Change::from))
                        .toList(),
                added.stream().sorted().toList(),
                removed.stream().sorted().toList());
    }

    /// Whether somebody must look before it comes into force.
    boolean isLarge() {
        return changed.stream().anyMatch(Change::large);
    }

    // Where hours of the day have no price of their own, that of the whole day is paid.
    private static List<Rule> paid(Map<Priced, List<Rule>> rules, Priced price) {
        List<Rule> own = rules.getOrDefault(price, List.of());
        return own.isEmpty() ? rules.getOrDefault(price.allDay(), List.of()) : own;
    }

    private static Map<Priced, List<Rule>> byPrice(PriceBookSnapshot book) {
        Map<Priced, List<Rule>> all = new LinkedHashMap<>();
        book.rules()
                .forEach(rule -> all.computeIfAbsent(Priced.of(rule), any -> new ArrayList<>())
                        .add(rule));
        return all;
    }

    // Wherever one of both begins, for between two such instants neither changes.
    private static List<Change> changes(Priced price, List<Rule> was, List<Rule> is) {
        TreeSet<Instant> beginnings = new TreeSet<>();
        was.forEach(rule -> beginnings.add(rule.effectiveFrom()));
        is.forEach(rule -> beginnings.add(rule.effectiveFrom()));
        Map<List<Rate>, Change> changes = new LinkedHashMap<>();
        for (Instant at : beginnings) {
            Rate before = at(was, at).orElse(null);
            Rate after = at(is, at).orElse(null);
            if (before != null && after != null && !before.equals(after)) {
                changes.computeIfAbsent(List.of(before, after), any -> Change.of(price, at, before, after));
            }
        }
        return List.copyOf(changes.values());
    }

    // All of one price: of the same hours of the day, whichever time of day it is.
    private static Optional<Rate> at(List<Rule> rules, Instant at) {
        return rules.stream()
                .filter(rule -> rule.holdsOn(at))
                .max(Comparator.comparing(Rule::effectiveFrom))
                .map(Rule::rate);
    }
}
