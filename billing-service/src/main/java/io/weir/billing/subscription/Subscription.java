package io.weir.billing.subscription;

import io.weir.billing.rating.calendar.BillingAnchor;
import io.weir.billing.rating.calendar.BillingAnchor.Cycle;
import io.weir.billing.rating.model.InvalidTermsException;
import io.weir.billing.subscription.Change.Cancel;
import io.weir.billing.subscription.Change.Extra;
import io.weir.billing.subscription.Change.OwnFee;
import io.weir.billing.subscription.Change.Start;
import io.weir.billing.subscription.Change.Switch;
import io.weir.billing.subscription.Terms.Several;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a tenant has subscribed to, as the decisions about it in the order of their instants. Immutable.
///
/// @param anchor what its billing periods are counted from: its start
public record Subscription(BillingAnchor anchor, List<Change> changes) {

    /// Throws [InvalidTermsException] when it does not begin with a start, has another one, or goes on after it was
    /// cancelled.
    public Subscription {
        changes = changes.stream().sorted(Comparator.comparing(Change::at)).toList();
        if (changes.isEmpty() || !(changes.getFirst() instanceof Start)) {
            throw new InvalidTermsException("changes", "A subscription begins with its start.");
        }
        for (int i = 1; i < changes.size(); i++) {
            if (changes.get(i) instanceof Start) {
                throw new InvalidTermsException("at", "The subscription has begun already.");
            }
            if (changes.get(i - 1) instanceof Cancel) {
                throw new InvalidTermsException(
                        "at",
                        "The subscription was cancelled at "
                                + changes.get(i - 1).at() + ".");
            }
        }
    }

    /// One that begins then.
    public static Subscription start(Instant at, ZoneId zone, String plan) {
        return new Subscription(BillingAnchor.at(at, zone), List.of(new Start(at, plan)));
    }

    /// The same after one more decision. Throws [InvalidTermsException] when it lies before another one: what was
    /// billed already does not change.
    public Subscription with(Change change) {
        Change last = changes.getLast();
        if (change.at().isBefore(last.at())) {
            throw new InvalidTermsException("at", "There is a later change, at " + last.at() + ".");
        }
        List<Change> all = new ArrayList<>(changes);
        all.add(change);
        return new Subscription(anchor, all);
    }

    private LocalDate date(Instant instant) {
        return LocalDate.ofInstant(instant, anchor.zone());
    }

    /// The first day that is not charged any more; empty while it goes on.
    public Optional<LocalDate> ends() {
        if (!(changes.getLast() instanceof Cancel cancel)) {
            return Optional.empty();
        }
        LocalDate periodEnd = date(anchor.containing(cancel.at()).end());
        LocalDate nextDay = date(cancel.at()).plusDays(1);
        return Optional.of(cancel.atPeriodEnd() || periodEnd.isBefore(nextDay) ? periodEnd : nextDay);
    }

    /// What holds on each day of a period, days with the same terms in a row put together. Empty where nothing holds,
    /// as after its end. Throws [InvalidTermsException] for a plan that is not there.
    List<Segment> segments(Cycle cycle, PlanCatalogue plans) {
        LocalDate first = date(cycle.start());
        LocalDate end = date(cycle.end());
        LocalDate over = ends().filter(day -> day.isBefore(end)).orElse(end);
        List<LocalDate> cuts = new ArrayList<>(List.of(first));
        changes.stream().map(change -> date(change.at())).forEach(cuts::add);
        Start start = (Start) changes.getFirst();
        cuts.add(
                date(start.at()).plusDays(plans.demand(start.plan(), start.at()).trialDays()));
        List<LocalDate> days = cuts.stream()
                .filter(day -> !day.isBefore(first) && day.isBefore(over))
                .sorted()
                .distinct()
                .toList();
        List<Segment> segments = new ArrayList<>();
        for (int i = 0; i < days.size(); i++) {
            LocalDate to = i + 1 < days.size() ? days.get(i + 1) : over;
            segments.add(new Segment(days.get(i), to, terms(days.get(i), cycle, plans)));
        }
        return segments;
    }

    private Terms terms(LocalDate day, Cycle cycle, PlanCatalogue plans) {
        Start start = (Start) changes.getFirst();
        String plan = start.plan();
        // A version that begins within a period holds from the next one on, or from a switch to it.
        Instant since = later(start.at(), cycle.start());
        BigDecimal own = null;
        Map<String, Several> addOns = new HashMap<>();
        for (Change change : changes) {
            if (date(change.at()).isAfter(day)) {
                break;
            }
            switch (change) {
                case Start begun -> plan = begun.plan();
                case Switch to -> {
                    plan = to.plan();
                    since = later(to.at(), cycle.start());
                }
                case Extra extra -> put(addOns, extra);
                case OwnFee agreed -> own = agreed.fee();
                case Cancel cancel -> {
                    // Its last days are as those before.
                }
            }
        }
        PlanVersion version = plans.demand(plan, since);
        LocalDate charged =
                date(start.at()).plusDays(plans.demand(start.plan(), start.at()).trialDays());
        return new Terms(version, fee(version, own, cycle), day.isBefore(charged), addOns);
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }

    private static void put(Map<String, Several> addOns, Extra extra) {
        if (extra.quantity() == 0) {
            addOns.remove(extra.addOn().code());
        } else {
            addOns.put(extra.addOn().code(), new Several(extra.addOn(), extra.quantity()));
        }
    }

    private static BigDecimal fee(PlanVersion version, @Nullable BigDecimal own, Cycle cycle) {
        return own == null ? version.fee().multiply(version.feeFactor(cycle.number())) : own;
    }

    /// Days in a row.
    ///
    /// @param to exclusive
    record Segment(LocalDate from, LocalDate to, Terms terms) {}
}
