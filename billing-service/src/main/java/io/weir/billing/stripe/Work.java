package io.weir.billing.stripe;

import io.weir.billing.invoice.Invoice;
import io.weir.billing.invoice.InvoiceState;
import java.util.Currency;
import org.jspecify.annotations.Nullable;

/// An invoice on its way, as it stands in the database.
///
/// @param version rises when the invoice has to be sent anew
/// @param stripeId of Stripe's invoice, once it is known
/// @param customer the tenant's, as far as it is known
/// @param failures in a row
record Work(
        Invoice invoice,
        int version,
        InvoiceState state,
        @Nullable String stripeId,
        Customer customer,
        int failures) {

    /// @param version rises when the customer was deleted at Stripe and has to be made anew
    record Customer(int version, @Nullable String id) {}

    /// Throws [IllegalStateException] where none is recorded, which no state after `rated` allows.
    String demandStripeId() {
        if (stripeId == null) {
            throw new IllegalStateException("invoice " + invoice.id() + " is " + state + " without Stripe's id");
        }
        return stripeId;
    }

    TotalsComparison comparison() {
        Currency currency = Currency.getInstance(invoice.currency());
        return new TotalsComparison(
                invoice.id(), currency, MinorUnits.of(invoice.total(), currency), StripeLines.of(invoice));
    }
}
