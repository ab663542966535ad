package io.weir.pricing;

import io.weir.money.Amount;
import io.weir.money.Meter;
import io.weir.money.Quantities;
import io.weir.money.Rate;
import io.weir.snapshots.catalog.PriceBookSnapshot;
import io.weir.snapshots.catalog.PriceBookSnapshot.Model;
import io.weir.snapshots.catalog.PriceBookSnapshot.Rule;
import io.weir.tenancy.TenantId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A price book, arranged for look-up. Immutable.
public final class PriceList {

    private static final String STANDARD = "standard";
    private static final Rate FREE = Rate.of("0");
    private static final Comparator<Rule> NARROWEST = Comparator.comparingLong(Rule::contextOver)
            .thenComparing(rule -> rule.hours() != null)
            .thenComparing(Rule::effectiveFrom);

    private final PriceBookSnapshot book;
    private final Map<String, Model> models = new TreeMap<>();
    private final Map<RuleKey, List<Rule>> rules;
    private final Map<Offer, Standard> standards;

    public PriceList(PriceBookSnapshot book) {
        this.book = book;
        book.models().forEach(model -> models.put(model.model(), model));
        this.rules = book.rules().stream()
                .collect(Collectors.groupingBy(rule -> new RuleKey(rule.provider(), rule.model(), rule.meter())));
        this.standards = book.rules().stream()
                .filter(rule -> rule.serviceTier().equals(STANDARD))
                .collect(Collectors.groupingBy(
                        rule -> new Offer(rule.provider(), rule.model()),
                        Collectors.collectingAndThen(Collectors.toList(), Standard::of)));
    }

    /// What a price look-up gave.
    public sealed interface Priced {

        /// Every meter that was used has a rate.
        record Complete(List<Line> lines, Amount cost) implements Priced {}

        /// These meters were used and have no rate. Never billed at zero.
        record Unpriced(Set<Meter> meters) implements Priced {}
    }

    /// @param cost rate times quantity, exact
    public record Line(Meter meter, long quantity, Rate rate, String ruleId, Amount cost) {}

    public String bookId() {
        return book.id();
    }

    /// The one tenant whose calls it prices; empty: everybody's.
    public Optional<TenantId> owner() {
        return Optional.ofNullable(book.tenantId());
    }

    public Optional<Model> model(String name) {
        return Optional.ofNullable(models.get(name));
    }

    /// All models, by name.
    public List<Model> models() {
        return List.copyOf(models.values());
    }

    /// Prices one call's usage in the standard tier.
    public Priced price(Model model, Quantities used, Instant at) {
        return price(model, used, STANDARD, at);
    }

    /// Prices one call's usage at an instant, by the rules of its service tier and the size of its prompt. A
    /// tier without a rate for a meter is not replaced by another: that usage is unpriced. A rate for hours of
    /// the day stands before one for the whole day. A fee per request, where there is one, comes on top of what
    /// was counted.
    public Priced price(Model model, Quantities used, String tier, Instant at) {
        List<Line> lines = new ArrayList<>();
        Set<Meter> missing = new TreeSet<>();
        long prompt = used.input();
        withFee(model, used, tier, at)
                .byMeter()
                .forEach((meter, quantity) -> rule(model, meter, tier, prompt, at)
                        .ifPresentOrElse(rule -> lines.add(line(meter, quantity, rule)), () -> missing.add(meter)));
        if (!missing.isEmpty()) {
            return new Priced.Unpriced(missing);
        }
        return new Priced.Complete(
                List.copyOf(lines), lines.stream().map(Line::cost).reduce(Amount.ZERO, Amount::plus));
    }

    private static Line line(Meter meter, long quantity, Rule rule) {
        return new Line(meter, quantity, rule.rate(), rule.id(), rule.rate().times(quantity));
    }

    private Quantities withFee(Model model, Quantities used, String tier, Instant at) {
        boolean counts = !used.byMeter().isEmpty() && used.of(Meter.REQUEST) == 0;
        return counts && rule(model, Meter.REQUEST, tier, used.input(), at).isPresent()
                ? used.plus(Quantities.of(Meter.REQUEST, 1))
                : used;
    }

    /// The most that a call can cost: all input at the dearest input rate that is reachable, all output
    /// likewise, one request fee. Empty when the model has no price for input or output, so that it cannot be
    /// sold. A model that makes embeddings writes nothing: it needs no price for output.
    public Optional<Amount> ceiling(Model model, long inputTokens, long outputTokens, Instant at) {
        Standard standard = standards.getOrDefault(new Offer(model.provider(), model.model()), Standard.NONE);
        Rate in = dearest(standard.input(), at);
        Rate out = dearest(standard.output(), at);
        if (out == null && embeds(model) && outputTokens == 0) {
            out = FREE;
        }
        if (in == null || out == null) {
            return Optional.empty();
        }
        Amount tokens = in.times(inputTokens).plus(out.times(outputTokens));
        Rate fee = dearest(standard.fee(), at);
        return Optional.of(fee == null ? tokens : tokens.plus(fee.times(1)));
    }

    /// The most that one unit of a meter can cost at that instant in the standard tier, in a call whose prompt
    /// has no more tokens than that. Empty where it has no price.
    public Optional<Rate> highest(Model model, Meter meter, long mostPromptTokens, Instant at) {
        return of(model, meter).stream()
                .map(Rule::contextOver)
                .filter(over -> over == 0 || mostPromptTokens > over)
                .flatMap(over -> rule(model, meter, STANDARD, over == 0 ? 0 : over + 1, at).stream())
                .map(Rule::rate)
                .max(Comparator.naturalOrder());
    }

    private static boolean embeds(Model model) {
        return model.mode().equals("embedding");
    }

    private Optional<Rule> rule(Model model, Meter meter, String tier, long promptTokens, Instant at) {
        Rule best = null;
        for (Rule rule : of(model, meter)) {
            boolean applies = rule.serviceTier().equals(tier)
                    && rule.isEffectiveAt(at)
                    && (rule.contextOver() == 0 || promptTokens > rule.contextOver());
            if (applies && (best == null || NARROWEST.compare(rule, best) > 0)) {
                best = rule;
            }
        }
        return Optional.ofNullable(best);
    }

    // Loops, since each call asks for it several times.
    private static @Nullable Rate dearest(List<Rule> rules, Instant at) {
        Rate most = null;
        for (Rule rule : rules) {
            if (rule.isEffectiveAt(at) && (most == null || rule.rate().compareTo(most) > 0)) {
                most = rule.rate();
            }
        }
        return most;
    }

    private List<Rule> of(Model model, Meter meter) {
        return rules.getOrDefault(new RuleKey(model.provider(), model.model(), meter), List.of());
    }

    private record RuleKey(String provider, String model, Meter meter) {}

    private record Offer(String provider, String model) {}

    /// What a model's standard tier has cost at any time, by what is counted.
    private record Standard(List<Rule> input, List<Rule> output, List<Rule> fee) {

        static final Standard NONE = new Standard(List.of(), List.of(), List.of());

        static Standard of(List<Rule> rules) {
            return new Standard(
                    only(rules, Meter::isInput), only(rules, Meter::isOutput), only(rules, Meter.REQUEST::equals));
        }

        private static List<Rule> only(List<Rule> rules, Predicate<Meter> meters) {
            return rules.stream().filter(rule -> meters.test(rule.meter())).toList();
        }
    }
}
