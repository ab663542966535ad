package io.weir.billing.reconciliation;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/// Where a metered call is on its way to money, in order.
public enum Stage {
    /// Numbered by the process that metered it.
    PRODUCER,
    /// In the ledger's topic.
    LEDGER,
    /// A row in ClickHouse.
    WAREHOUSE,
    /// In a sealed hour.
    SEALED,
    /// Under a line that was rated.
    RATED,
    /// On an invoice.
    INVOICED,
    /// With Stripe.
    STRIPE;

    /// The word used on the wire.
    @JsonValue
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
