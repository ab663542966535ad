package io.weir.billing.stripe;

import java.util.Locale;

/// Why an invoice waits for somebody to look at it.
enum Parking {
    /// More lines than Stripe takes on one invoice; nothing was sent.
    TOO_MANY_LINES,
    /// An amount that Stripe cannot hold; nothing was sent.
    UNSENDABLE,
    /// Stripe's total, or one of its lines, is not ours.
    TOTALS_DIFFER,
    /// Stripe refused a call for good.
    REFUSED,
    /// The customer or the draft was deleted at Stripe.
    GONE;

    /// The reason of [#GONE] where the invoice was voided.
    static final String VOIDED = "It was voided at Stripe. Resuming sends it anew.";

    /// As stored, and the tag `reason` of the meter.
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Parking of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }
}
