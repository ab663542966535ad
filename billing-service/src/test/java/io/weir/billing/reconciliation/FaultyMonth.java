package io.weir.billing.reconciliation;

import io.weir.billing.rating.ExactAmount;
import io.weir.billing.reconciliation.Books.Event;
import io.weir.billing.reconciliation.Books.Line;
import io.weir.billing.reconciliation.Books.Numbers;
import io.weir.billing.reconciliation.Books.Row;
import io.weir.billing.reconciliation.Books.SealedHour;
import io.weir.billing.reconciliation.Books.Share;
import io.weir.billing.reconciliation.Difference.Kind;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;

/// A month that is metered, stored, sealed, rated, invoiced and sent stage by stage, with faults that are made on the
/// way. What follows a fault is made from what is faulty.
final class FaultyMonth {

    private static final int PRODUCERS = 4;
    private static final int EVENTS = 2_400;
    private static final int HOURS = 40;
    private static final int MODELS = 3;
    private static final int LINES = 60;
    private static final Instant SEALED_AT = Instant.parse("2028-03-01T00:05:00Z");

    private final Random random;
    private final Set<String> faults = new HashSet<>();

    FaultyMonth(long seed) {
        random = new Random(seed);
    }

    /// How many faults are made of each kind at each stage.
    record Plan(
            int lostBeforeTheLedger,
            int lostRows,
            int doubledRows,
            int alteredRows,
            int unknownRows,
            int lateRows,
            int lostHours,
            int alteredHours,
            int lostShares,
            int doubledShares,
            int alteredShares,
            int lostLines,
            int doubledLines,
            int alteredLines) {

        static final Plan NONE = new Plan(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
        static final Plan TWO_HUNDRED = new Plan(30, 30, 30, 32, 10, 20, 5, 10, 5, 5, 7, 6, 5, 5);

        int count() {
            return lostBeforeTheLedger
                    + lostRows
                    + doubledRows
                    + alteredRows
                    + unknownRows
                    + lateRows
                    + lostHours
                    + alteredHours
                    + lostShares
                    + doubledShares
                    + alteredShares
                    + lostLines
                    + doubledLines
                    + alteredLines;
        }
    }

    /// What is to be found: kind, stage and key.
    Set<String> faults() {
        return faults;
    }

    static String named(Kind kind, Stage at, String key) {
        return kind.wireName() + " at " + at.wireName() + ": " + key;
    }

    private void fault(Kind kind, Stage at, String key) {
        faults.add(named(kind, at, key));
    }

    Books books(Plan plan) {
        Map<String, Numbers> numbers = new HashMap<>();
        List<Event> events = metered(plan, numbers);
        Map<String, String> of = new HashMap<>();
        events.forEach(event -> of.put(event.id(), "h" + random.nextInt(HOURS) + "/m" + random.nextInt(MODELS)));
        List<Row> rows = stored(plan, events, of);
        List<SealedHour> hours = sealed(plan, rows);
        List<Share> shares = shares(plan, hours);
        List<Line> rated = IntStream.range(0, LINES)
                .mapToObj(n -> new Line("line-" + n, amount()))
                .toList();
        List<Line> invoiced = passedOn(plan, rated, Stage.INVOICED);
        List<Line> sent = passedOn(plan, distinct(invoiced), Stage.STRIPE);
        return new Books(
                numbers,
                shuffled(events),
                shuffled(rows),
                shuffled(hours),
                shuffled(shares),
                shuffled(rated),
                shuffled(invoiced),
                shuffled(sent));
    }

    private ExactAmount amount() {
        return new ExactAmount(BigDecimal.valueOf(1 + random.nextInt(1_000_000_000), 9));
    }

    private static ExactAmount more(ExactAmount amount) {
        return new ExactAmount(amount.value().add(new BigDecimal("0.000001")));
    }

    private <T> List<T> shuffled(Collection<T> all) {
        List<T> shuffled = new ArrayList<>(all);
        Collections.shuffle(shuffled, random);
        return shuffled;
    }

    private List<Event> metered(Plan plan, Map<String, Numbers> numbers) {
        Map<String, Long> next = new HashMap<>();
        List<Event> events = new ArrayList<>();
        for (int i = 0; i < EVENTS; i++) {
            String producer = "orchestration-" + random.nextInt(PRODUCERS) + "/7";
            long number = next.merge(producer, 1L, Long::sum) + 99;
            events.add(new Event("e" + i, producer, number, amount()));
        }
        next.forEach((producer, count) -> numbers.put(producer, new Numbers(100, 99 + count)));
        List<Event> lost = shuffled(events).subList(0, plan.lostBeforeTheLedger());
        lost.forEach(event -> fault(Kind.LOST, Stage.LEDGER, event.producer() + "#" + event.number()));
        List<Event> left = new ArrayList<>(events);
        left.removeAll(lost);
        // What a producer sent twice after a timeout is no fault.
        left.addAll(left.subList(0, 20));
        return left;
    }

    private List<Row> stored(Plan plan, List<Event> events, Map<String, String> of) {
        Map<String, Event> distinct = new LinkedHashMap<>();
        events.forEach(event -> distinct.putIfAbsent(event.id(), event));
        List<Event> order = shuffled(distinct.values());
        List<Row> rows = new ArrayList<>();
        int lost = plan.lostRows();
        int doubled = lost + plan.doubledRows();
        int altered = doubled + plan.alteredRows();
        int late = altered + plan.lateRows();
        for (int i = 0; i < order.size(); i++) {
            Event event = order.get(i);
            String hour = String.valueOf(of.get(event.id()));
            Row row = new Row(event.id(), hour, event.cost(), SEALED_AT.minusSeconds(1 + random.nextInt(3_000)));
            if (i < lost) {
                fault(Kind.LOST, Stage.WAREHOUSE, event.id());
            } else if (i < doubled) {
                fault(Kind.DOUBLED, Stage.WAREHOUSE, event.id());
                rows.addAll(List.of(row, row));
            } else if (i < altered) {
                fault(Kind.ALTERED, Stage.WAREHOUSE, event.id());
                rows.add(new Row(row.id(), hour, more(row.cost()), row.storedAt()));
            } else if (i < late) {
                fault(Kind.LATE, Stage.SEALED, event.id());
                rows.add(new Row(row.id(), hour, row.cost(), SEALED_AT.plusSeconds(1 + random.nextInt(90_000))));
            } else {
                rows.add(row);
            }
        }
        for (int i = 0; i < plan.unknownRows(); i++) {
            fault(Kind.UNKNOWN, Stage.WAREHOUSE, "ghost-" + i);
            rows.add(new Row("ghost-" + i, "h1/m1", amount(), null));
        }
        return rows;
    }

    private List<SealedHour> sealed(Plan plan, List<Row> rows) {
        Map<String, SealedHour> hours = new TreeMap<>();
        Set<String> withLate = new HashSet<>();
        for (Row row : rows) {
            if (row.storedAt() != null && row.storedAt().isAfter(SEALED_AT)) {
                withLate.add(row.of());
            } else {
                hours.merge(
                        row.of(),
                        new SealedHour(row.of(), SEALED_AT, 1, row.cost()),
                        (a, b) -> new SealedHour(
                                a.of(),
                                SEALED_AT,
                                a.rows() + b.rows(),
                                new ExactAmount(a.cost().value().add(b.cost().value()))));
            }
        }
        List<SealedHour> order = shuffled(hours.values());
        List<SealedHour> sealed = new ArrayList<>();
        int lost = plan.lostHours();
        int altered = plan.alteredHours();
        for (SealedHour hour : order) {
            if (lost > 0 && !withLate.contains(hour.of())) {
                lost--;
                fault(Kind.LOST, Stage.SEALED, hour.of());
            } else if (altered > 0) {
                altered--;
                fault(Kind.ALTERED, Stage.SEALED, hour.of());
                boolean count = random.nextBoolean();
                sealed.add(new SealedHour(
                        hour.of(), SEALED_AT, hour.rows() + (count ? 1 : 0), count ? hour.cost() : more(hour.cost())));
            } else {
                sealed.add(hour);
            }
        }
        return sealed;
    }

    private List<Share> shares(Plan plan, List<SealedHour> hours) {
        List<Line> lines =
                hours.stream().map(hour -> new Line(hour.of(), hour.cost())).toList();
        return faulty(lines, Stage.RATED, plan.lostShares(), plan.doubledShares(), plan.alteredShares()).stream()
                .map(line -> new Share(line.key(), line.amount()))
                .toList();
    }

    // The first half of the faults of lines comes about on the invoice, the rest at Stripe.
    private List<Line> passedOn(Plan plan, List<Line> lines, Stage to) {
        boolean first = to == Stage.INVOICED;
        return faulty(
                lines,
                to,
                half(plan.lostLines(), first),
                half(plan.doubledLines(), first),
                half(plan.alteredLines(), first));
    }

    private static int half(int all, boolean first) {
        return first ? all / 2 : all - all / 2;
    }

    private List<Line> faulty(List<Line> lines, Stage to, int lost, int doubled, int altered) {
        List<Line> order = shuffled(lines);
        List<Line> passed = new ArrayList<>();
        for (int i = 0; i < order.size(); i++) {
            Line line = order.get(i);
            if (i < lost) {
                fault(Kind.LOST, to, line.key());
            } else if (i < lost + doubled) {
                fault(Kind.DOUBLED, to, line.key());
                passed.addAll(List.of(line, line));
            } else if (i < lost + doubled + altered) {
                fault(Kind.ALTERED, to, line.key());
                passed.add(new Line(line.key(), more(line.amount())));
            } else {
                passed.add(line);
            }
        }
        return passed;
    }

    private static List<Line> distinct(List<Line> lines) {
        return lines.stream().distinct().toList();
    }
}
