package io.weir.billing.invoice;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/// How far an invoice is: made anew, rated for good, and then on its way through Stripe.
public enum InvoiceState {
    DRAFT,
    /// Final; nothing of it, or not all, is at Stripe.
    RATED,
    ITEMS_SENT,
    /// Stripe's draft comes to the same, in total and line by line.
    TOTALS_MATCHED,
    FINALISED,
    PAID,
    VOID,
    /// Somebody must look at it before it goes on.
    PARKED;

    /// Reads the word stored and shown. Throws [IllegalArgumentException] when it is none.
    public static InvoiceState of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }

    @JsonValue
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
