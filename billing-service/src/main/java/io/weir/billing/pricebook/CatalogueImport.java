package io.weir.billing.pricebook;

import io.weir.billing.pricebook.Comparison.Priced;
import io.weir.billing.pricebook.catalogue.Listing;
import io.weir.billing.pricebook.catalogue.Listing.Entry;
import io.weir.billing.pricebook.catalogue.Listing.Price;
import io.weir.money.Meter;
import io.weir.snapshots.catalog.PriceBookSnapshot;
import io.weir.snapshots.catalog.PriceBookSnapshot.Model;
import io.weir.snapshots.catalog.PriceBookSnapshot.Rule;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;

/// Puts a catalogue's prices into a book from an instant on: what it names and prices otherwise ends then, what
/// it does not name stays. Nothing before that instant changes.
///
/// @param models names of those to take; empty: those that the book knows
record CatalogueImport(Listing listing, Set<String> models, String source, LocalDate observedAt, Instant from)
        implements UnaryOperator<PriceBookSnapshot> {

    CatalogueImport {
        models = Set.copyOf(models);
    }

    @Override
    public PriceBookSnapshot apply(PriceBookSnapshot book) {
        List<Model> known = new ArrayList<>(book.models());
        List<Rule> rules = new ArrayList<>(book.rules());
        for (Entry entry : listing.entries()) {
            boolean isKnown = known.stream().anyMatch(model -> isOf(entry, model));
            if (!(models.isEmpty() ? isKnown : models.contains(entry.model()))) {
                continue;
            }
            if (!isKnown) {
                known.add(checked(entry));
            }
            entry.prices().forEach(price -> put(entry, price, rules));
        }
        return new PriceBookSnapshot(book.id(), source, observedAt, known, rules, 0, book.tenantId());
    }

    private void put(Entry entry, Price price, List<Rule> rules) {
        Rule next = new Rule(
                RuleIds.of(
                        entry.provider(), entry.model(), price.meter(), price.tier(), price.contextOver(), null, from),
                entry.provider(),
                entry.model(),
                price.meter(),
                price.rate(),
                price.tier(),
                price.contextOver(),
                from,
                null);
        Priced priced = Priced.of(next);
        boolean same = rules.stream()
                .anyMatch(rule -> Priced.of(rule).equals(priced)
                        && rule.holdsOn(from)
                        && rule.effectiveTo() == null
                        && rule.rate().equals(next.rate()));
        if (!same) {
            rules.removeIf(rule ->
                    Priced.of(rule).equals(priced) && !rule.effectiveFrom().isBefore(from));
            rules.replaceAll(rule -> Priced.of(rule).equals(priced) && rule.holdsOn(from) ? ended(rule) : rule);
            rules.add(next);
        }
    }

    private Rule ended(Rule rule) {
        return rule.during(rule.id(), rule.rate(), rule.effectiveFrom(), from);
    }

    // A model that can be called but not priced, or whose limits nobody knows, cannot be sold.
    private Model checked(Entry entry) {
        boolean writes = !entry.mode().equals("embedding");
        boolean lacksLimits = entry.contextWindow() <= 0 || (writes && entry.maxOutputTokens() <= 0);
        if (lacksLimits || !prices(entry, Meter.TEXT_IN) || (writes && !prices(entry, Meter.TEXT_OUT))) {
            throw new InvalidPriceBookException(
                    "catalogue",
                    List.of(entry.provider() + "/" + entry.model() + ": no limits or no prices of text (expected: "
                            + "both, of a model that the book does not know yet)"));
        }
        return new Model(
                entry.provider(),
                entry.model(),
                entry.mode(),
                entry.contextWindow(),
                entry.maxOutputTokens(),
                from.getEpochSecond());
    }

    private static boolean prices(Entry entry, Meter meter) {
        return entry.prices().stream()
                .anyMatch(
                        price -> price.meter() == meter && price.tier().equals("standard") && price.contextOver() == 0);
    }

    private static boolean isOf(Entry entry, Model model) {
        return model.provider().equals(entry.provider()) && model.model().equals(entry.model());
    }
}
