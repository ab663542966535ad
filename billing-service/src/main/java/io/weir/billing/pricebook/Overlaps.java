package io.weir.billing.pricebook;

import io.weir.money.Meter;
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
            Priced priced =
                    new Priced(rule.provider(), rule.model(), rule.meter(), rule.serviceTier(), rule.contextOver());
            byWhatTheyPrice.computeIfAbsent(priced, any -> new ArrayList<>()).add(rule);
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
            Instant end = inOrder.get(i - 1).effectiveTo();
            Rule next = inOrder.get(i);
            if (end == null || next.effectiveFrom().isBefore(end)) {
                faults.add("rule " + next.id() + ": in force from " + next.effectiveFrom() + ", while "
                        + inOrder.get(i - 1).id() + " is until " + (end == null ? "further notice" : end)
                        + " (expected: one rule at a time)");
            }
        }
        return faults;
    }

    private record Priced(String provider, String model, Meter meter, String serviceTier, long contextOver) {}
}
