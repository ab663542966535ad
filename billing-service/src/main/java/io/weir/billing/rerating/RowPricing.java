package io.weir.billing.rerating;

import io.weir.billing.rerating.UsageRow.Line;
import io.weir.money.Amount;
import io.weir.money.Quantities;
import io.weir.pricing.PriceList;
import io.weir.pricing.PriceList.Priced;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// Prices one row again. Pure: the same row and books give the same, whenever and how often it is asked.
record RowPricing(Books books, Release release) {

    /// What came of a row.
    sealed interface Outcome {

        /// To the last digit what it was.
        record Unchanged() implements Outcome {}

        /// Another price.
        record Changed(List<Line> lines, Amount cost) implements Outcome {}

        /// It had no price, and has one now.
        record Released(List<Line> lines, Amount cost) implements Outcome {}

        /// It had no price and has none yet. It is not billed.
        record StillUnpriced() implements Outcome {}

        /// It stays: its price is no sum of rates, as where it was recovered or cut at its ceiling, or no book in
        /// force has one.
        record Kept() implements Outcome {}
    }

    Outcome of(UsageRow row) {
        if (row.unpriced() != null) {
            return release.quantities(row)
                    .flatMap(quantities -> priced(row, quantities))
                    .<Outcome>map(lines -> new Outcome.Released(lines, sum(lines)))
                    .orElseGet(Outcome.StillUnpriced::new);
        }
        if (!row.isSumOfRates()) {
            return new Outcome.Kept();
        }
        return priced(row, row.buckets()).map(lines -> compared(row, lines)).orElseGet(Outcome.Kept::new);
    }

    private static Outcome compared(UsageRow row, List<Line> lines) {
        if (lines.equals(inOrder(row.lines()))) {
            return new Outcome.Unchanged();
        }
        return new Outcome.Changed(lines, sum(lines));
    }

    private Optional<List<Line>> priced(UsageRow row, Quantities quantities) {
        return books.of(row).flatMap(book -> priced(row, quantities, book));
    }

    private static Optional<List<Line>> priced(UsageRow row, Quantities quantities, PriceList book) {
        Priced priced = book.price(book.model(row.model()).orElseThrow(), quantities, row.tier(), row.at());
        return switch (priced) {
            case Priced.Complete(var lines, Amount cost) ->
                Optional.of(inOrder(lines.stream()
                        .map(line -> new Line(line.meter(), line.quantity(), line.rate(), line.ruleId(), line.cost()))
                        .toList()));
            case Priced.Unpriced missing -> Optional.empty();
        };
    }

    private static List<Line> inOrder(List<Line> lines) {
        return lines.stream().sorted(Comparator.comparing(Line::meter)).toList();
    }

    private static Amount sum(List<Line> lines) {
        return lines.stream().map(Line::cost).reduce(Amount.ZERO, Amount::plus);
    }
}
