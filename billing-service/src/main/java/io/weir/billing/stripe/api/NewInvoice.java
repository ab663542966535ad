package io.weir.billing.stripe.api;

import java.util.Map;

/// An invoice to be drafted at Stripe.
///
/// @param number ours, which Stripe shows as its own
/// @param currency ISO code
public record NewInvoice(
        String customerId, String number, String currency, String description, Map<String, String> metadata) {

    public NewInvoice {
        metadata = Map.copyOf(metadata);
    }
}
