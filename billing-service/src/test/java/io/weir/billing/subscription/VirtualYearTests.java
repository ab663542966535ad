package io.weir.billing.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.billing.rating.calendar.BillingAnchor.Cycle;
import io.weir.billing.rating.statement.Taxes;
import io.weir.billing.subscription.DayByDay.Event;
import io.weir.billing.subscription.DayByDay.Use;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A leap year of fifty tenants between UTC-11 and UTC+14, with everything that can happen to a subscription: every
/// statement is what counting day by day comes to.
class VirtualYearTests {

    private static final Logger LOG = LoggerFactory.getLogger(VirtualYearTests.class);
    private static final int TENANTS = 50;
    private static final int PERIODS = 13;
    private static final int USES = 400;
    private static final List<String> ZONES = List.of(
            "Pacific/Niue",
            "Pacific/Kiritimati",
            "America/New_York",
            "Europe/Berlin",
            "Australia/Lord_Howe",
            "Asia/Kolkata",
            "Pacific/Chatham",
            "America/Sao_Paulo",
            "Africa/Casablanca",
            "UTC");
    // Ends of months, a leap day, and hours that daylight saving skips or brings twice.
    private static final List<String> STARTS = List.of(
            "2028-01-31T23:30",
            "2028-02-29T12:00",
            "2027-12-31T00:00",
            "2028-03-12T02:30",
            "2028-03-26T02:30",
            "2028-01-30T08:15",
            "2027-11-05T01:30",
            "2027-10-29T02:30",
            "2028-01-01T00:00",
            "2028-01-15T14:45");
    private static final List<String> DOLLARS = List.of("free", "starter", "growth", "enterprise", "launch");

    @Test
    void everyStatementIsWhatCountingDayByDayComesTo() {
        Random random = new Random(42);
        SubscriptionRating rating = new SubscriptionRating(Shop.catalogue());
        Map<String, Integer> seen = new TreeMap<>();
        long sum = 0;
        int compared = 0;
        for (int tenant = 0; tenant < TENANTS; tenant++) {
            ZoneId zone = ZoneId.of(ZONES.get(tenant % ZONES.size()));
            Instant start = LocalDateTime.parse(STARTS.get((tenant + tenant / 10) % STARTS.size()))
                    .atZone(zone)
                    .toInstant();
            List<Event> events = events(random, start, tenant % 10 == 9);
            events.forEach(event -> seen.merge(event.kind(), 1, Integer::sum));
            List<Use> uses = uses(random, start);
            Subscription subscription = subscription(events, zone);
            DayByDay oracle = new DayByDay(Shop.plans(), zone, events);
            for (int period = 0; period < PERIODS; period++) {
                Cycle cycle = subscription.anchor().cycle(period);
                assertThat(cycle.start()).isEqualTo(oracle.start(period));
                Bill bill = rating.rate(subscription, cycle, within(cycle, uses, random));
                long expected = oracle.total(period, uses);
                assertThat(bill.statement(0, Taxes.NONE, 0).total())
                        .as("tenant %d, period %d, %s, %s: %s", tenant, period, zone, events, bill)
                        .isEqualTo(expected);
                sum += expected;
                compared++;
            }
        }
        LOG.info(
                "measured: {} statements of {} tenants compared, {} minor units in all, changes {}",
                compared,
                TENANTS,
                sum,
                seen);
        assertThat(seen).containsKeys("start", "switch", "calls", "seats", "fee", "cancel", "leave");
        assertThat(sum).isPositive();
    }

    private static List<Event> events(Random random, Instant start, boolean yen) {
        List<Event> events = new ArrayList<>();
        events.add(new Event(start, "start", yen ? "yen" : any(random, DOLLARS), 0));
        Instant at = start;
        for (int i = random.nextInt(9); i > 0; i--) {
            // Now and then twice a day.
            at = at.plus(Duration.ofMinutes(random.nextInt(4) == 0 ? 90 : random.nextInt(90 * 1_440)));
            events.add(
                    switch (random.nextInt(6)) {
                        case 0 -> new Event(at, "calls", "", random.nextInt(4));
                        case 1 -> new Event(at, "seats", "", random.nextInt(4));
                        case 2 -> new Event(at, "fee", "", random.nextInt(3) == 0 ? -1 : random.nextInt(500_000_000));
                        default -> new Event(at, "switch", yen ? "yen" : any(random, DOLLARS), 0);
                    });
        }
        switch (random.nextInt(5)) {
            case 0 -> events.add(new Event(at.plus(Duration.ofHours(random.nextInt(3_000))), "cancel", "", 0));
            case 1 -> events.add(new Event(at.plus(Duration.ofHours(random.nextInt(3_000))), "leave", "", 0));
            default -> {
                // It goes on.
            }
        }
        return events;
    }

    private static String any(Random random, List<String> some) {
        return some.get(random.nextInt(some.size()));
    }

    private static List<Use> uses(Random random, Instant start) {
        List<Use> uses = new ArrayList<>();
        for (int i = 0; i < USES; i++) {
            Instant at = start.plusSeconds(random.nextInt(400 * 86_400));
            Metric metric = any(
                    random,
                    Metric.CALLS,
                    Metric.CALLS,
                    Metric.TOKENS_IN,
                    Metric.TOKENS_OUT,
                    Metric.GPU_SECONDS,
                    Metric.SEATS,
                    Metric.RETRIEVALS);
            int most = metric == Metric.TOKENS_IN ? 20_000_000 : metric == Metric.SEATS ? 3 : 400;
            uses.add(new Use(at, metric, random.nextInt(most)));
        }
        return uses;
    }

    private static Metric any(Random random, Metric... some) {
        return some[random.nextInt(some.length)];
    }

    private static List<Usage> within(Cycle cycle, List<Use> uses, Random random) {
        List<Usage> within = new ArrayList<>();
        uses.stream()
                .filter(use -> cycle.contains(use.at()))
                .forEach(use -> within.add(new Usage(use.at(), use.metric(), BigDecimal.valueOf(use.quantity()))));
        Collections.shuffle(within, random);
        return within;
    }

    private static Subscription subscription(List<Event> events, ZoneId zone) {
        Event first = events.getFirst();
        Subscription subscription = Subscription.start(first.at(), zone, first.plan());
        for (Event event : events.subList(1, events.size())) {
            subscription = subscription.with(
                    switch (event.kind()) {
                        case "switch" -> new Change.Switch(event.at(), event.plan());
                        case "calls" -> new Change.Extra(event.at(), Shop.CALLS.addOn(), (int) event.number());
                        case "seats" -> new Change.Extra(event.at(), Shop.SEATS.addOn(), (int) event.number());
                        case "fee" ->
                            new Change.OwnFee(
                                    event.at(), event.number() < 0 ? null : BigDecimal.valueOf(event.number(), 6));
                        default -> new Change.Cancel(event.at(), event.kind().equals("leave"));
                    });
        }
        return subscription;
    }
}
