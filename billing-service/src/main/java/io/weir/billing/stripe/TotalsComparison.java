package io.weir.billing.stripe;

import io.weir.billing.stripe.api.NewItem;
import io.weir.billing.stripe.api.StripeInvoice;
import io.weir.billing.stripe.api.StripeItem;
import java.util.Currency;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Whether Stripe would charge what we rated: line by line, and in total, to the minor unit. Pure.
///
/// @param total ours
record TotalsComparison(UUID invoiceId, Currency currency, long total, List<NewItem> lines) {

    TotalsComparison {
        lines = List.copyOf(lines);
    }

    /// The first difference, for people; empty where there is none.
    Optional<String> difference(StripeInvoice invoice, List<StripeItem> items) {
        Map<Integer, StripeItem> byLine = new HashMap<>();
        for (StripeItem item : items) {
            OptionalInt line = item.lineOf(invoiceId);
            if (line.isEmpty() || line.getAsInt() >= lines.size()) {
                return Optional.of(item.id() + " (" + amount(item) + ") at Stripe is none of our lines");
            }
            if (byLine.putIfAbsent(line.getAsInt(), item) != null) {
                return Optional.of("line " + line.getAsInt() + " is at Stripe twice, the second time as " + item.id());
            }
        }
        for (NewItem line : lines) {
            Optional<String> difference = difference(line, byLine.get(line.line()));
            if (difference.isPresent()) {
                return difference;
            }
        }
        return totalDifference(invoice);
    }

    /// As [#difference], by the total alone.
    Optional<String> totalDifference(StripeInvoice invoice) {
        boolean same = invoice.total() == total && isOurs(invoice.currency());
        return same
                ? Optional.empty()
                : Optional.of("Stripe's total is " + invoice.total() + " minor units of " + invoice.currency()
                        + ", ours is " + MinorUnits.text(total, currency));
    }

    private Optional<String> difference(NewItem line, @Nullable StripeItem item) {
        if (item == null) {
            return Optional.of("line " + line.line() + " is not at Stripe");
        }
        boolean same = item.amount() == line.amount() && isOurs(item.currency());
        return same
                ? Optional.empty()
                : Optional.of("line " + line.line() + " is " + amount(item) + " at Stripe (" + item.id() + "), ours is "
                        + MinorUnits.text(line.amount(), currency));
    }

    private boolean isOurs(String code) {
        return code.equals(currency.getCurrencyCode());
    }

    private static String amount(StripeItem item) {
        return item.amount() + " minor units of " + item.currency();
    }
}
