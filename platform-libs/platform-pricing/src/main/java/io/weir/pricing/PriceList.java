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
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// A price book, arranged for look-up. Immutable.
public final class PriceList {

    private static final String STANDARD = "standard";

    private final PriceBookSnapshot book;
    private final Map<String, Model> models = new TreeMap<>();
    private final Map<RuleKey, List<Rule>> rules;

    public PriceList(PriceBookSnapshot book) {
        this.book = book;
        book.models().forEach(model -> models.put(model.model(), model));
        this.rules = book.rules().stream()
                .collect(Collectors.groupingBy(rule -> new RuleKey(rule.provider(), rule.model(), rule.meter())));
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
        Optional<Rate> in = dearest(model, at, Meter::isInput);
        Optional<Rate> out = dearest(model, at, Meter::isOutput)
                .or(() -> embeds(model) && outputTokens == 0 ? Optional.of(Rate.of("0")) : Optional.empty());
        if (in.isEmpty() || out.isEmpty()) {
            return Optional.empty();
        }
        Amount perRequest = dearest(model, at, meter -> meter == Meter.REQUEST)
                .map(rate -> rate.times(1))
                .orElse(Amount.ZERO);
        return Optional.of(
                in.get().times(inputTokens).plus(out.get().times(outputTokens)).plus(perRequest));
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
        return of(model, meter).stream()
                .filter(rule -> rule.serviceTier().equals(tier))
                .filter(rule -> rule.isEffectiveAt(at))
                .filter(rule -> rule.contextOver() == 0 || promptTokens > rule.contextOver())
                .max(Comparator.comparingLong(Rule::contextOver)
                        .thenComparing(rule -> rule.hours() != null)
                        .thenComparing(Rule::effectiveFrom));
    }

    private Optional<Rate> dearest(Model model, Instant at, Predicate<Meter> which) {
        return Arrays.stream(Meter.values())
                .filter(which)
                .flatMap(meter -> of(model, meter).stream())
                .filter(rule -> rule.isEffectiveAt(at))
                .filter(rule -> rule.serviceTier().equals(STANDARD))
                .map(Rule::rate)
                .max(Comparator.naturalOrder());
    }

    private List<Rule> of(Model model, Meter meter) {
        return rules.getOrDefault(new RuleKey(model.provider(), model.model(), meter), List.of());
    }

    private record RuleKey(String provider, String model, Meter meter) {}
}
