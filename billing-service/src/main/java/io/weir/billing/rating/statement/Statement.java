package io.weir.billing.rating.statement;

import io.weir.money.LargestRemainder;
import java.math.BigDecimal;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// The sums of an invoice in minor units: `subtotal - discounts - credits + tax = total`, which is
/// never negative.
///
/// @param subtotal sum of the lines
/// @param discounts taken off, at most what the lines come to
/// @param tax on what is left, per category
/// @param credits used for it; negative: given to the tenant's balance, because the lines owe it money
/// @param lines as they came, with their shares
public record Statement(long subtotal, long discounts, long tax, long credits, long total, List<Share> lines) {

    public Statement {
        lines = List.copyOf(lines);
    }

    /// A rounded line.
    ///
    /// @param key stable and unique; it breaks ties
    /// @param amount minor units; negative where something is given back
    /// @param taxCategory what the tax is looked up by
    public record Line(String key, long amount, String taxCategory) {}

    /// A line with its shares of what holds for all lines; the shares add up to it.
    public record Share(Line line, long discount, long tax) {}

    /// Sums up. Discounts fall on lines that cost something, taxes on what is left of each, by largest
    /// remainder.
    ///
    /// @param discount wanted, in minor units; more than the lines come to is not taken off
    /// @param credit there is, in minor units; what is due is taken from it
    /// @throws IllegalArgumentException for keys that repeat, or a negative discount or credit
    public static Statement of(Collection<Line> lines, long discount, Taxes taxes, long credit) {
        if (discount < 0 || credit < 0) {
            throw new IllegalArgumentException(
                    "discount " + discount + ", credit " + credit + " (expected: neither negative)");
        }
        demandUniqueKeys(lines);
        long subtotal = lines.stream().mapToLong(Line::amount).reduce(0, Math::addExact);
        long discounts = Math.min(discount, Math.max(0, subtotal));
        Map<String, Long> off = spread(discounts, lines, Map.of(), 1);
        Map<String, Long> taxed = new TreeMap<>();
        long tax = 0;
        for (String category :
                lines.stream().map(Line::taxCategory).sorted().distinct().toList()) {
            List<Line> same = lines.stream()
                    .filter(line -> line.taxCategory().equals(category))
                    .toList();
            // What is given back is given back with its tax: by sign, so that a share never has
            // another's.
            for (int sign : new int[] {1, -1}) {
                long net = same.stream()
                        .mapToLong(line -> net(line, off))
                        .filter(one -> one * sign > 0)
                        .sum();
                long due = Math.multiplyExact(sign, taxes.on(category, Math.abs(net)));
                spread(due, same, off, sign).forEach((key, share) -> taxed.merge(key, share, Long::sum));
                tax = Math.addExact(tax, due);
            }
        }
        long due = Math.addExact(subtotal - discounts, tax);
        long credits = Math.min(credit, due);
        List<Share> shares = lines.stream()
                .map(line -> new Share(line, off.getOrDefault(line.key(), 0L), taxed.getOrDefault(line.key(), 0L)))
                .toList();
        return new Statement(subtotal, discounts, tax, credits, due - credits, shares);
    }

    private static long net(Line line, Map<String, Long> off) {
        return line.amount() - off.getOrDefault(line.key(), 0L);
    }

    private static Map<String, Long> spread(long amount, Collection<Line> lines, Map<String, Long> off, int sign) {
        Map<String, BigDecimal> weights = new TreeMap<>();
        for (Line line : lines) {
            long net = net(line, off);
            if (net * sign > 0) {
                weights.put(line.key(), BigDecimal.valueOf(Math.abs(net)));
            }
        }
        return amount == 0 || weights.isEmpty() ? Map.of() : LargestRemainder.split(amount, weights);
    }

    private static void demandUniqueKeys(Collection<Line> lines) {
        Set<String> keys = new HashSet<>();
        for (Line line : lines) {
            if (!keys.add(line.key())) {
                throw new IllegalArgumentException("line " + line.key() + " is there twice (expected: unique keys)");
            }
        }
    }
}
