package io.weir.billing.subscription;

import io.weir.billing.rating.calendar.BillingAnchor.Cycle;
import io.weir.billing.rating.statement.Statement;
import io.weir.billing.rating.statement.Taxes;
import java.util.Currency;
import java.util.List;

/// What a billing period of a subscription comes to.
///
/// @param lines in order of the days on which their terms began to hold; none where nothing is charged
public record Bill(Cycle cycle, Currency currency, List<BillLine> lines) {

    private static final String TAX_CATEGORY = "subscription";

    public Bill {
        lines = List.copyOf(lines);
    }

    /// The line's amount in minor units.
    public long minor(BillLine line) {
        return line.amount()
                .value()
                .movePointRight(currency.getDefaultFractionDigits())
                .longValueExact();
    }

    /// All lines together, in minor units.
    public long subtotal() {
        return lines.stream().mapToLong(this::minor).reduce(0, Math::addExact);
    }

    /// The sums of an invoice over it. Throws as [Statement#of] does.
    public Statement statement(long discount, Taxes taxes, long credit) {
        return Statement.of(
                lines.stream()
                        .map(line -> new Statement.Line(line.key(), minor(line), TAX_CATEGORY))
                        .toList(),
                discount,
                taxes,
                credit);
    }
}
