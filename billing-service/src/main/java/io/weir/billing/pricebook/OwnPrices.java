package io.weir.billing.pricebook;

import io.weir.snapshots.catalog.PriceBookSnapshot.Rule;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// What the entries of models price themselves. Immutable.
record OwnPrices(List<Rule> rules) {

    OwnPrices {
        rules = List.copyOf(rules);
    }

    /// The rule for those times in which no model's own price stands for all that it prices: a price for hours of the
    /// day, or for long prompts, would otherwise go before one for all of them.
    List<Rule> leave(Rule familys) {
        List<Rule> left = List.of(familys);
        for (Rule own : rules) {
            if (pricesAllOf(own, familys)) {
                left = left.stream().flatMap(part -> outside(part, own)).toList();
            }
        }
        return left;
    }

    private static boolean pricesAllOf(Rule own, Rule familys) {
        return own.provider().equals(familys.provider())
                && own.model().equals(familys.model())
                && own.meter() == familys.meter()
                && own.serviceTier().equals(familys.serviceTier())
                && own.contextOver() <= familys.contextOver()
                && (own.hours() == null || own.hours().equals(familys.hours()));
    }

    private static Stream<Rule> outside(Rule part, Rule own) {
        Instant from = part.effectiveFrom();
        Instant to = part.effectiveTo();
        Instant begins = own.effectiveFrom();
        Instant ends = own.effectiveTo();
        if ((to != null && !begins.isBefore(to)) || (ends != null && !ends.isAfter(from))) {
            return Stream.of(part);
        }
        List<Rule> outside = new ArrayList<>();
        if (from.isBefore(begins)) {
            outside.add(part.during(part.id(), part.rate(), from, begins));
        }
        if (ends != null && (to == null || ends.isBefore(to))) {
            outside.add(part.during(RuleIds.since(part.id(), ends), part.rate(), ends, to));
        }
        return outside.stream();
    }
}
