package io.weir.billing.pricebook;

import io.weir.snapshots.catalog.PriceBookSnapshot;
import io.weir.snapshots.catalog.PriceBookSnapshot.Model;
import io.weir.snapshots.catalog.PriceBookSnapshot.Rule;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a price book's file says, checked. Of a tenant's book that has a parent it is not all that holds: the
/// rest is the parent's, less the discounts.
///
/// @param own models and prices that the file names
record Terms(PriceBookSnapshot own, @Nullable String parent, List<Discount> discounts) {

    Terms {
        discounts = List.copyOf(discounts);
    }

    /// The book as it is published: own models as they are, the parent's others at its prices less what is
    /// taken off.
    ///
    /// @param base the parent; null: there is none
    PriceBookSnapshot book(@Nullable PriceBookSnapshot base) {
        if (base == null) {
            return own;
        }
        Set<Model> replaced = new HashSet<>();
        List<Model> models = new ArrayList<>(own.models());
        for (Model model : base.models()) {
            if (own.models().stream().anyMatch(one -> same(one, model.provider(), model.model()))) {
                replaced.add(model);
            } else {
                models.add(model);
            }
        }
        List<Rule> rules = new ArrayList<>(own.rules());
        for (Rule rule : base.rules()) {
            if (replaced.stream().noneMatch(model -> same(model, rule.provider(), rule.model()))) {
                rules.addAll(discounted(rule));
            }
        }
        return new PriceBookSnapshot(own.id(), own.source(), own.observedAt(), models, rules, 0, own.tenantId());
    }

    private static boolean same(Model model, String provider, String name) {
        return model.provider().equals(provider) && model.model().equals(name);
    }

    // A discount that begins or ends within the rule's time splits it; what it leaves may have another.
    private List<Rule> discounted(Rule rule) {
        Optional<Discount> first =
                discounts.stream().filter(discount -> discount.fits(rule)).findFirst();
        if (first.isEmpty()) {
            return List.of(rule);
        }
        Discount discount = first.get();
        List<Rule> pieces = new ArrayList<>();
        Instant from = discount.from().isAfter(rule.effectiveFrom()) ? discount.from() : rule.effectiveFrom();
        Instant to = earlier(discount.to(), rule.effectiveTo());
        if (from.isAfter(rule.effectiveFrom())) {
            pieces.addAll(discounted(rule.during(rule.id(), rule.rate(), rule.effectiveFrom(), from)));
        }
        pieces.add(rule.during(own.id() + ":" + RuleIds.since(rule.id(), from), discount.off(rule.rate()), from, to));
        if (to != null && !to.equals(rule.effectiveTo())) {
            pieces.addAll(discounted(rule.during(RuleIds.since(rule.id(), to), rule.rate(), to, rule.effectiveTo())));
        }
        return pieces;
    }

    private static @Nullable Instant earlier(@Nullable Instant one, @Nullable Instant other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return one.isBefore(other) ? one : other;
    }
}
