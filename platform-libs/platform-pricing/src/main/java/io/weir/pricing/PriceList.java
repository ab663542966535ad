package io.weir.pricing;

import io.weir.money.Amount;
import io.weir.money.Meter;
import io.weir.money.Quantities;
import io.weir.money.Rate;
import io.weir.snapshots.catalog.PriceBookSnapshot;
import io.weir.snapshots.catalog.PriceBookSnapshot.Model;
import io.weir.snapshots.catalog.PriceBookSnapshot.Rule;
import io.weir.tenancy.TenantId;
import java.math.BigDecimal;
import java.math.RoundingMode;
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
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A price book, arranged for look-up. Immutable.
public final class PriceList {

    /// The service tier of calls that are no hurry: the platform's own, which no provider names. It
    /// costs what the book says for the tier `batch`, meter by meter, and half of the standard rate
    /// where it says nothing.
    public static final String WEIR_BATCH = "weir_batch";

    private static final String STANDARD = "standard";
    private static final String BATCH = "batch";
    private static final Rate FREE = Rate.of("0");
    private static final Comparator<Rule> NARROWEST = Comparator.comparingLong(Rule::contextOver)
            .thenComparing(rule -> rule.hours() != null)
            .thenComparing(Rule::effectiveFrom);

    private final PriceBookSnapshot book;
    private final Map<String, Model> models = new TreeMap<>();
    private final Map<RuleKey, List<Rule>> rules;
    private final Map<Offer, Standard> standards;
    private final String tier;
    private final @Nullable PriceList batch;

    public PriceList(PriceBookSnapshot book) {
        this(book, STANDARD);
    }

    private PriceList(PriceBookSnapshot book, String tier) {
        this.book = book;
        this.tier = tier;
        this.batch = tier.equals(WEIR_BATCH) ? null : new PriceList(book, WEIR_BATCH);
        book.models().forEach(model -> models.put(model.model(), model));
        this.rules = book.rules().stream()
                .collect(Collectors.groupingBy(rule -> new RuleKey(rule.provider(), rule.model(), rule.meter())));
        this.standards = book.rules().stream()
                .flatMap(this::ofOwnTier)
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

    /// The same book for calls in the tier [#WEIR_BATCH]: what is standard here is that tier there.
    public PriceList batch() {
        return batch == null ? this : batch;
    }

    /// The tier in which it prices what a provider served in its standard one; empty: the standard one.
    public Optional<String> ownTier() {
        return tier.equals(STANDARD) ? Optional.empty() : Optional.of(tier);
    }

    // All that a call of the tier may be priced by.
    private Stream<Rule> ofOwnTier(Rule rule) {
        if (tier.equals(STANDARD)) {
            return rule.serviceTier().equals(STANDARD) ? Stream.of(rule) : Stream.empty();
        }
        return switch (rule.serviceTier()) {
            case STANDARD -> Stream.of(halved(rule));
            case BATCH -> Stream.of(rule);
            default -> Stream.empty();
        };
    }

    // Rounded up, so that a rate of the smallest step stays one.
    private static Rule halved(Rule rule) {
        BigDecimal half = rule.rate().perUnit().divide(BigDecimal.TWO).setScale(Amount.SCALE, RoundingMode.UP);
        return rule.during(
                rule.id() + "/half", new Rate(half.stripTrailingZeros()), rule.effectiveFrom(), rule.effectiveTo());
    }

    public String bookId() {
        return book.id();
    }

    /// Of the book; a changed one has a higher.
    public long version() {
        return book.version();
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

    /// Prices one call's usage in the list's own tier.
    public Priced price(Model model, Quantities used, Instant at) {
        return price(model, used, STANDARD, at);
    }

    /// Prices one call's usage at an instant, by the rules of its service tier and the size of its
    /// prompt. A tier without a rate for a meter is not replaced by another: that usage is unpriced. A
    /// rate for hours of the day stands before one for the whole day. A fee per request, where there is
    /// one, comes on top of what was counted.
    ///
    /// @param served the provider's name for it, or [#WEIR_BATCH]
    public Priced price(Model model, Quantities used, String served, Instant at) {
        String sought = served.equals(STANDARD) ? tier : served;
        List<Line> lines = new ArrayList<>();
        Set<Meter> missing = new TreeSet<>();
        long prompt = used.input();
        withFee(model, used, sought, at)
                .byMeter()
                .forEach((meter, quantity) -> rule(model, meter, sought, prompt, at)
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

    private Quantities withFee(Model model, Quantities used, String sought, Instant at) {
        boolean counts = !used.byMeter().isEmpty() && used.of(Meter.REQUEST) == 0;
        return counts && rule(model, Meter.REQUEST, sought, used.input(), at).isPresent()
                ? used.plus(Quantities.of(Meter.REQUEST, 1))
                : used;
    }

    /// The most that a call can cost: all input at the dearest input rate that is reachable, all output
    /// likewise, one request fee. Empty when the model has no price for input or output, so that it
    /// cannot be sold. A model that makes embeddings writes nothing: it needs no price for output. One that makes
    /// moderations is priced by the request alone.
    public Optional<Amount> ceiling(Model model, long inputTokens, long outputTokens, Instant at) {
        Standard standard = standards.getOrDefault(new Offer(model.provider(), model.model()), Standard.NONE);
        if (moderates(model)) {
            return outputTokens == 0
                    ? Optional.ofNullable(dearest(standard.fee(), at)).map(fee -> fee.times(1))
                    : Optional.empty();
        }
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

    /// The most that one unit of a meter can cost at that instant in the list's own tier, in a call
    /// whose prompt has no more tokens than that. Empty where it has no price.
    public Optional<Rate> highest(Model model, Meter meter, long mostPromptTokens, Instant at) {
        return of(model, meter).stream()
                .map(Rule::contextOver)
                .filter(over -> over == 0 || mostPromptTokens > over)
                .flatMap(over -> rule(model, meter, tier, over == 0 ? 0 : over + 1, at).stream())
                .map(Rule::rate)
                .max(Comparator.naturalOrder());
    }

    private static boolean embeds(Model model) {
        return model.mode().equals("embedding");
    }

    private static boolean moderates(Model model) {
        return model.mode().equals("moderation");
    }

    private Optional<Rule> rule(Model model, Meter meter, String sought, long promptTokens, Instant at) {
        if (!sought.equals(WEIR_BATCH)) {
            return narrowest(model, meter, sought, promptTokens, at);
        }
        return narrowest(model, meter, BATCH, promptTokens, at)
                .or(() -> narrowest(model, meter, STANDARD, promptTokens, at).map(PriceList::halved));
    }

    private Optional<Rule> narrowest(Model model, Meter meter, String sought, long promptTokens, Instant at) {
        Rule best = null;
        for (Rule rule : of(model, meter)) {
            boolean applies = rule.serviceTier().equals(sought)
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
