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
import java.util.BitSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Compares each stage with the one before it. A fault shows once, at the stage at which it came about: what follows
/// from it further on agrees with that stage. Pure; time and memory grow with the number of events.
public final class Reconciliation {

    private Reconciliation() {}

    /// Every difference, in order of stages and keys. None: everything that was metered was billed, once, for what it
    /// cost.
    public static List<Difference> of(Books books) {
        List<Difference> found = new ArrayList<>(gaps(books));
        found.addAll(compared(
                Stage.WAREHOUSE,
                firstOfEach(books.events(), Event::id, Event::cost),
                grouped(books.rows(), Row::id, Row::cost)));
        found.addAll(sealed(books));
        found.addAll(compared(
                Stage.RATED,
                firstOfEach(books.hours(), SealedHour::of, SealedHour::cost),
                grouped(books.shares(), Share::of, Share::cost)));
        found.addAll(
                compared(Stage.INVOICED, lines(books.rated()), grouped(books.invoiced(), Line::key, Line::amount)));
        found.addAll(compared(Stage.STRIPE, lines(books.invoiced()), grouped(books.sent(), Line::key, Line::amount)));
        found.sort(Comparator.comparing(Difference::at).thenComparing(Difference::key));
        return found;
    }

    private static Map<String, ExactAmount> lines(List<Line> lines) {
        return firstOfEach(lines, Line::key, Line::amount);
    }

    // A producer's numbers have no gaps, so one that is not in the ledger was lost before it. What the ledger has
    // twice is no difference: the first settlement of a request counts, and readers drop the rest.
    private static List<Difference> gaps(Books books) {
        Map<String, BitSet> there = new HashMap<>();
        for (Event event : books.events()) {
            Numbers numbers = books.numbers().get(event.producer());
            if (numbers != null && event.number() >= numbers.first() && event.number() <= numbers.last()) {
                there.computeIfAbsent(event.producer(), absent -> new BitSet())
                        .set(Math.toIntExact(event.number() - numbers.first()));
            }
        }
        List<Difference> lost = new ArrayList<>();
        new TreeMap<>(books.numbers()).forEach((producer, numbers) -> {
            BitSet present = there.getOrDefault(producer, new BitSet());
            int count = Math.toIntExact(numbers.last() - numbers.first() + 1);
            for (int gap = present.nextClearBit(0); gap < count; gap = present.nextClearBit(gap + 1)) {
                lost.add(new Difference(Kind.LOST, Stage.LEDGER, producer + "#" + (numbers.first() + gap), null, null));
            }
        });
        return lost;
    }

    // Rows that came after their hour was sealed are late, each by itself; the others must be what was sealed.
    private static List<Difference> sealed(Books books) {
        Map<String, SealedHour> hours =
                books.hours().stream().collect(Collectors.toMap(SealedHour::of, Function.identity(), (a, b) -> a));
        Map<String, Sum> inTime = new LinkedHashMap<>();
        List<Difference> found = new ArrayList<>();
        for (Row row : books.rows()) {
            SealedHour hour = hours.get(row.of());
            Instant storedAt = row.storedAt();
            if (hour != null && storedAt != null && storedAt.isAfter(hour.sealedAt())) {
                found.add(new Difference(Kind.LATE, Stage.SEALED, row.id(), row.cost(), null));
            } else {
                inTime.computeIfAbsent(row.of(), absent -> new Sum()).add(row.cost());
            }
        }
        inTime.forEach((of, sum) -> {
            SealedHour hour = hours.get(of);
            if (hour == null) {
                found.add(new Difference(Kind.LOST, Stage.SEALED, of, sum.amount(), null));
            } else if (hour.rows() != sum.count || !hour.cost().equals(sum.amount())) {
                found.add(new Difference(Kind.ALTERED, Stage.SEALED, of, sum.amount(), hour.cost()));
            }
        });
        hours.forEach((of, hour) -> {
            if (!inTime.containsKey(of)
                    && (hour.rows() != 0 || hour.cost().value().signum() != 0)) {
                found.add(new Difference(Kind.UNKNOWN, Stage.SEALED, of, null, hour.cost()));
            }
        });
        return found;
    }

    private static List<Difference> compared(Stage at, Map<String, ExactAmount> before, Map<String, Sum> here) {
        List<Difference> found = new ArrayList<>();
        before.forEach((key, expected) -> {
            Sum sum = here.get(key);
            Kind kind = kind(expected, sum);
            if (kind != null) {
                found.add(new Difference(kind, at, key, expected, sum == null ? null : sum.amount()));
            }
        });
        here.forEach((key, sum) -> {
            if (!before.containsKey(key)) {
                found.add(new Difference(Kind.UNKNOWN, at, key, null, sum.amount()));
            }
        });
        return found;
    }

    private static @Nullable Kind kind(ExactAmount expected, @Nullable Sum sum) {
        if (sum == null) {
            return Kind.LOST;
        }
        if (sum.count > 1) {
            return Kind.DOUBLED;
        }
        return sum.amount().equals(expected) ? null : Kind.ALTERED;
    }

    private static <T> Map<String, ExactAmount> firstOfEach(
            Collection<T> all, Function<T, String> key, Function<T, ExactAmount> amount) {
        Map<String, ExactAmount> first = new LinkedHashMap<>();
        all.forEach(one -> first.putIfAbsent(key.apply(one), amount.apply(one)));
        return first;
    }

    private static <T> Map<String, Sum> grouped(
            Collection<T> all, Function<T, String> key, Function<T, ExactAmount> amount) {
        Map<String, Sum> sums = new LinkedHashMap<>();
        all.forEach(
                one -> sums.computeIfAbsent(key.apply(one), absent -> new Sum()).add(amount.apply(one)));
        return sums;
    }

    private static final class Sum {

        private long count;
        private BigDecimal total = BigDecimal.ZERO;

        void add(ExactAmount amount) {
            count++;
            total = total.add(amount.value());
        }

        ExactAmount amount() {
            return new ExactAmount(total);
        }
    }
}
