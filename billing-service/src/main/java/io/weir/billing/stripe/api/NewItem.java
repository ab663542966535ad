package io.weir.billing.stripe.api;

import java.time.Instant;
import java.util.Map;

/// A line to be put on an invoice at Stripe.
///
/// @param line its position, from 0
/// @param amount in the currency's minor unit
/// @param currency ISO code
/// @param periodStart of what it charges, inclusive
/// @param periodEnd exclusive
public record NewItem(
        int line,
        long amount,
        String currency,
        String description,
        Instant periodStart,
        Instant periodEnd,
        Map<String, String> metadata) {

    public NewItem {
        metadata = Map.copyOf(metadata);
    }
}
