package io.weir.billing.rating;

import io.weir.billing.rating.RatedLine.CallOverage;
import io.weir.billing.rating.RatedLine.HourShare;
import io.weir.billing.rating.RatedLine.ModelUsage;
import io.weir.billing.rating.RatedLine.PlanFee;
import io.weir.money.Amount;
import io.weir.money.Quantities;
import io.weir.money.Rate;
import io.weir.snapshots.catalog.PlanSnapshot.Terms;
import io.weir.snapshots.catalog.SealedHour;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Currency;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/// Rates one tenant's period under a plan's terms. The result depends on the set of sealed hours alone: not on their
/// order, not on repetitions, not on older versions, not on how usage was spread over hours of the period.
public final class PeriodRating {

    private final String plan;
    private final Terms terms;
    private final Currency currency;

    /// @param terms those in force where the period begins; they hold for all of it
    public PeriodRating(String plan, Terms terms, Currency currency) {
        this.plan = plan;
        this.terms = terms;
        this.currency = currency;
    }

    /// Hours outside the period are left out; of several versions of an hour the latest counts.
    public RatedPeriod rate(BillingPeriod period, Collection<SealedHour> hours) {
        Collection<SealedHour> counted = latestWithin(period, hours);
        List<RatedLine> lines = new ArrayList<>();
        lines.add(planFee());
        long calls = counted.stream().mapToLong(SealedHour::billableCalls).reduce(0, Math::addExact);
        if (terms.overagePerCall() != null && terms.includedCalls() != null) {
            lines.add(overage(period, counted, calls, terms.includedCalls(), terms.overagePerCall()));
        }
        List<ModelUsage> usage = modelUsage(counted);
        lines.addAll(usage);
        Amount exactModelCost = usage.stream().map(ModelUsage::exactCost).reduce(Amount.ZERO, Amount::plus);
        return new RatedPeriod(lines, calls, exactModelCost, total(lines));
    }

    private static Collection<SealedHour> latestWithin(BillingPeriod period, Collection<SealedHour> hours) {
        Map<Instant, SealedHour> latest = new TreeMap<>();
        for (SealedHour hour : hours) {
            if (period.contains(hour.hour())) {
                latest.merge(hour.hour(), hour, PeriodRating::later);
            }
        }
        return latest.values();
    }

    private static SealedHour later(SealedHour one, SealedHour other) {
        return one.version() >= other.version() ? one : other;
    }

    private PlanFee planFee() {
        ExactAmount fee = ExactAmount.of(terms.monthlyFee());
        return new PlanFee(plan, fee, fee.rounded(currency));
    }

    private CallOverage overage(
            BillingPeriod period, Collection<SealedHour> hours, long calls, long included, Rate unitPrice) {
        long billed = switch (terms.includedPer()) {
            case MONTH -> Math.max(0, calls - included);
            case DAY -> beyondEachDay(period, hours, included);
        };
        ExactAmount exact = new ExactAmount(unitPrice.perUnit().multiply(BigDecimal.valueOf(billed)));
        String per = terms.includedPer().name().toLowerCase(Locale.ROOT);
        return new CallOverage(calls, included, per, billed, unitPrice, exact, exact.rounded(currency));
    }

    private static long beyondEachDay(BillingPeriod period, Collection<SealedHour> hours, long included) {
        Map<LocalDate, Long> byDay = new TreeMap<>();
        for (SealedHour hour : hours) {
            byDay.merge(period.dayOf(hour.hour()), hour.billableCalls(), Math::addExact);
        }
        return byDay.values().stream()
                .mapToLong(calls -> Math.max(0, calls - included))
                .sum();
    }

    private List<ModelUsage> modelUsage(Collection<SealedHour> hours) {
        Map<ModelKey, Gathered> byModel = new TreeMap<>();
        for (SealedHour hour : hours) {
            for (SealedHour.Total total : hour.totals()) {
                byModel.computeIfAbsent(new ModelKey(total.provider(), total.model()), any -> new Gathered())
                        .add(hour, total);
            }
        }
        List<ModelUsage> lines = new ArrayList<>();
        byModel.forEach((model, gathered) -> lines.add(gathered.line(model, terms.markup(), currency)));
        return lines;
    }

    private RoundedAmount total(List<RatedLine> lines) {
        return lines.stream()
                .map(RatedLine::amount)
                .reduce(ExactAmount.of(Amount.ZERO).rounded(currency), RoundedAmount::plus);
    }

    private record ModelKey(String provider, String model) implements Comparable<ModelKey> {

        private static final Comparator<ModelKey> ORDER =
                Comparator.comparing(ModelKey::provider).thenComparing(ModelKey::model);

        @Override
        public int compareTo(ModelKey other) {
            return ORDER.compare(this, other);
        }
    }

    /// The totals of one model, as they come together hour by hour.
    private static final class Gathered {
        private Quantities quantities = Quantities.NONE;
        private Amount cost = Amount.ZERO;
        private final TreeSet<String> rules = new TreeSet<>();
        private final Map<Instant, HourShare> shares = new TreeMap<>();

        void add(SealedHour hour, SealedHour.Total total) {
            quantities = quantities.plus(Quantities.of(total.meter(), total.quantity()));
            cost = cost.plus(total.cost());
            rules.add(total.priceRuleId());
            HourShare share = new HourShare(hour.hour(), hour.version(), hour.hash(), total.cost());
            shares.merge(hour.hour(), share, Gathered::together);
        }

        private static HourShare together(HourShare known, HourShare more) {
            return new HourShare(
                    known.hour(), known.version(), known.hash(), known.exact().plus(more.exact()));
        }

        ModelUsage line(ModelKey model, Rate markup, Currency currency) {
            ExactAmount exact = ExactAmount.product(cost, markup);
            return new ModelUsage(
                    model.provider(),
                    model.model(),
                    quantities,
                    cost,
                    markup,
                    exact,
                    exact.rounded(currency),
                    List.copyOf(rules),
                    List.copyOf(shares.values()));
        }
    }
}
