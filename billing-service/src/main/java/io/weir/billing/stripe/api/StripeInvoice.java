package io.weir.billing.stripe.api;

import com.stripe.model.Invoice;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Stripe's invoice, as far as it concerns us.
///
/// @param status Stripe's word: `draft`, `open`, `paid`, `uncollectible`, `void`
/// @param total in the minor unit of `currency`, which is an ISO code
public record StripeInvoice(
        String id,
        String status,
        String currency,
        long total,
        @Nullable String hostedInvoiceUrl) {

    static StripeInvoice of(Invoice invoice) {
        if (invoice.getId() == null || invoice.getStatus() == null || invoice.getTotal() == null) {
            throw new IllegalStateException("invoice without id, status or total");
        }
        return new StripeInvoice(
                invoice.getId(),
                invoice.getStatus(),
                String.valueOf(invoice.getCurrency()).toUpperCase(Locale.ROOT),
                invoice.getTotal(),
                invoice.getHostedInvoiceUrl());
    }

    public boolean isDraft() {
        return status.equals("draft");
    }

    public boolean isVoid() {
        return status.equals("void");
    }
}
