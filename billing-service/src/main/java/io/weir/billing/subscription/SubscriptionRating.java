package io.weir.billing.subscription;

import io.weir.billing.rating.ExactAmount;
import io.weir.billing.rating.RoundedAmount;
import io.weir.billing.rating.calendar.BillingAnchor.Cycle;
import io.weir.billing.rating.calendar.Proration;
import io.weir.billing.rating.model.Charge;
import io.weir.billing.rating.model.InvalidTermsException;
import io.weir.billing.rating.model.Part;
import io.weir.billing.subscription.BillLine.Kind;
import io.weir.billing.subscription.Subscription.Segment;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Currency;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Rates a billing period of a subscription. Days on which the same terms hold count together, wherever they lie in the
/// period: whoever switches to and fro pays what those pay who did so once. Pure; safe for use by many threads.
public final class SubscriptionRating {

    private final PlanCatalogue plans;

    public SubscriptionRating(PlanCatalogue plans) {
        this.plans = plans;
    }

    /// @param usage of the period, in any order; what lies outside is refused
    /// @throws InvalidTermsException where a plan is not there, or the period has plans of several currencies
    /// @throws IllegalArgumentException for usage outside the period
    public Bill rate(Subscription subscription, Cycle cycle, Collection<Usage> usage) {
        List<Segment> segments = subscription.segments(cycle, plans);
        Map<Terms, Portion> portions = new LinkedHashMap<>();
        for (Segment segment : segments) {
            portions.computeIfAbsent(segment.terms(), Portion::new).add(segment);
        }
        for (Usage some : usage) {
            if (!cycle.contains(some.at())) {
                throw new IllegalArgumentException(
                        "usage at " + some.at() + " (expected: from " + cycle.start() + " to " + cycle.end() + ")");
            }
            Segment segment = segment(segments, LocalDate.ofInstant(some.at(), cycle.zone()));
            if (segment != null) {
                portions.computeIfAbsent(segment.terms(), Portion::new).add(some);
            }
        }
        List<BillLine> lines = new ArrayList<>();
        int number = 0;
        for (Portion portion : portions.values()) {
            number++;
            if (!portion.terms.trial()) {
                lines.addAll(portion.lines(number, cycle.days()));
            }
        }
        return new Bill(cycle, currency(portions.keySet()), lines);
    }

    private static Currency currency(Collection<Terms> all) {
        List<Currency> currencies =
                all.stream().map(terms -> terms.plan().currency()).distinct().toList();
        if (currencies.size() > 1) {
            throw new InvalidTermsException(
                    "plan", "The plans of this period are in " + currencies + "; a bill has one currency.");
        }
        return currencies.isEmpty() ? Currency.getInstance("USD") : currencies.getFirst();
    }

    // What comes after the end is owed by the terms that held last; where none ever did, nothing is.
    private static @Nullable Segment segment(List<Segment> segments, LocalDate day) {
        Segment found = null;
        for (Segment segment : segments) {
            if (!segment.from().isAfter(day)) {
                found = segment;
            }
        }
        return found;
    }

    /// The days of a period on which the same terms hold, and what was used on them.
    private static final class Portion {

        private final Terms terms;
        private final Map<Metric, BigDecimal> used = new EnumMap<>(Metric.class);
        private long days;

        Portion(Terms terms) {
            this.terms = terms;
        }

        void add(Segment segment) {
            days += segment.from().until(segment.to(), ChronoUnit.DAYS);
        }

        void add(Usage some) {
            used.merge(some.metric(), some.quantity(), BigDecimal::add);
        }

        List<BillLine> lines(int number, long of) {
            Proration share = new Proration(days, of);
            List<BillLine> lines = new ArrayList<>();
            BigDecimal fee = terms.fee();
            lines.add(line(number + "/fee", Kind.FEE, share, null, null, List.of(), share.of(fee, currency())));
            new TreeMap<>(terms.addOns()).forEach((code, some) -> {
                BigDecimal quantity = BigDecimal.valueOf(some.quantity());
                RoundedAmount amount = share.of(some.addOn().fee().multiply(quantity), currency());
                lines.add(line(number + "/add-on/" + code, Kind.ADD_ON, share, code, quantity, List.of(), amount));
            });
            new TreeMap<>(terms.plan().charges()).forEach((metric, charge) -> {
                BigDecimal quantity = used.getOrDefault(metric, BigDecimal.ZERO);
                Charge.Rated rated =
                        ShareOfCharge.of(charge, terms.included(metric), share).rate(quantity);
                if (quantity.signum() != 0 || rated.exact().value().signum() != 0) {
                    lines.add(new BillLine(
                            number + "/usage/" + metric.wireName(),
                            Kind.USAGE,
                            terms.plan().plan(),
                            terms.plan().version(),
                            share,
                            metric,
                            null,
                            new ExactAmount(quantity),
                            rated.parts(),
                            rated.exact(),
                            rated.exact().rounded(currency())));
                }
            });
            bound(number, share, lines);
            return lines;
        }

        private void bound(int number, Proration share, List<BillLine> lines) {
            BigDecimal sum = lines.stream().map(line -> line.amount().value()).reduce(BigDecimal.ZERO, BigDecimal::add);
            BigDecimal least = terms.plan().minimumSpend();
            if (least != null) {
                BigDecimal lacking = share.of(least, currency()).value().subtract(sum);
                if (lacking.signum() > 0) {
                    lines.add(line(
                            number + "/minimum",
                            Kind.MINIMUM,
                            share,
                            null,
                            null,
                            List.of(),
                            new RoundedAmount(lacking)));
                }
            }
            BigDecimal most = terms.plan().maximumSpend();
            if (most != null) {
                BigDecimal over = sum.subtract(share.of(most, currency()).value());
                if (over.signum() > 0) {
                    lines.add(line(
                            number + "/maximum",
                            Kind.MAXIMUM,
                            share,
                            null,
                            null,
                            List.of(),
                            new RoundedAmount(over.negate())));
                }
            }
        }

        private Currency currency() {
            return terms.plan().currency();
        }

        // Rounded where it was prorated, in one step, so that is what it comes to exactly, too.
        private BillLine line(
                String key,
                Kind kind,
                Proration share,
                @Nullable String addOn,
                @Nullable BigDecimal quantity,
                List<Part> parts,
                RoundedAmount amount) {
            return new BillLine(
                    key,
                    kind,
                    terms.plan().plan(),
                    terms.plan().version(),
                    share,
                    null,
                    addOn,
                    quantity == null ? null : new ExactAmount(quantity),
                    parts,
                    new ExactAmount(amount.value()),
                    amount);
        }
    }
}
