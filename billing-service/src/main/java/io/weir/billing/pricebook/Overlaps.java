package io.weir.billing.pricebook;

import io.weir.billing.pricebook.Comparison.Priced;
import io.weir.snapshots.catalog.DailyHours;
import io.weir.snapshots.catalog.PriceBookSnapshot.Rule;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Finds rules of which two would price the same usage at the same instant.
final class Overlaps {

    private Overlaps() {}

    static List<String> in(List<Rule> rules) {
        Map<Priced, List<Rule>> byWhatTheyPrice = new HashMap<>();
        for (Rule rule : rules) {
            byWhatTheyPrice
                    .computeIfAbsent(Priced.of(rule).allDay(), any -> new ArrayList<>())
                    .add(rule);
        }
        return byWhatTheyPrice.values().stream()
                .flatMap(alike -> faults(alike).stream())
                .sorted()
                .toList();
    }

    private static List<String> faults(List<Rule> alike) {
        List<Rule> inOrder =
                alike.stream().sorted(Comparator.comparing(Rule::effectiveFrom)).toList();
        List<String> faults = new ArrayList<>();
        for (int i = 1; i < inOrder.size(); i++) {
            Rule next = inOrder.get(i);
            inOrder.subList(0, i).stream()
                    .filter(before -> ofTheSameHours(before, next) && lastsInto(before, next))
                    .forEach(before -> faults.add(fault(before, next)));
        }
        return faults;
    }

    // A price for hours of the day may stand beside one for the whole day: it goes before it.
    private static boolean ofTheSameHours(Rule one, Rule other) {
        DailyHours hours = one.hours();
        DailyHours others = other.hours();
        if (hours == null || others == null) {
            return hours == null && others == null;
        }
        return hours.meet(others);
    }

    private static boolean lastsInto(Rule before, Rule next) {
        Instant end = before.effectiveTo();
        return end == null || next.effectiveFrom().isBefore(end);
    }

    private static String fault(Rule before, Rule next) {
        Instant end = before.effectiveTo();
        return "rule " + next.id() + ": in force from " + next.effectiveFrom() + ", while " + before.id() + " is until "
                + (end == null ? "further notice" : end) + " (expected: one rule at a time)";
    }
}
