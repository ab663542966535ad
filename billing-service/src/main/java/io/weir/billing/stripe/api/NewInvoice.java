package io.weir.billing.stripe.api;

import java.util.Map;

/// An invoice to be drafted at Stripe.
///
/// @param number ours, which Stripe shows as its own
/// @param currency ISO code
/// @param hasAddress whether Stripe has an email address of the customer's; `send_invoice` needs one
public record NewInvoice(
        String customerId,
        String number,
        String currency,
        String description,
        boolean hasAddress,
        Map<String, String> metadata) {

    public NewInvoice {
        metadata = Map.copyOf(metadata);
    }
}
