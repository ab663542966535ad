package io.weir.billing.stripe;

import io.weir.billing.invoice.InvoiceState;
import java.util.Optional;

/// What Stripe's state of an invoice makes of ours, whatever order it is learnt in. Pure.
final class Following {

    private Following() {}

    /// The state that a finalised invoice is in. Throws [IllegalStateException] for a draft and for words that Stripe
    /// has not used so far.
    static InvoiceState stateOf(String status) {
        return switch (status) {
            // Given up by the seller, and still a claim.
            case "open", "uncollectible" -> InvoiceState.FINALISED;
            case "paid" -> InvoiceState.PAID;
            case "void" -> InvoiceState.VOID;
            default -> throw new IllegalStateException("invoice at Stripe is '" + status + "' (expected: finalised)");
        };
    }

    /// The state after a look at Stripe; empty where the look changes nothing. What is paid or void stays so: a look
    /// that says otherwise is older.
    ///
    /// @param sameTotal whether Stripe's total is ours
    static Optional<InvoiceState> after(InvoiceState state, String status, boolean sameTotal) {
        if (status.equals("draft")) {
            return Optional.empty();
        }
        InvoiceState theirs = stateOf(status);
        return switch (state) {
            case DRAFT, PAID, VOID -> Optional.empty();
            case FINALISED -> theirs == InvoiceState.FINALISED ? Optional.empty() : Optional.of(theirs);
            // Finalised by somebody else.
            case RATED, ITEMS_SENT, TOTALS_MATCHED -> Optional.of(sameTotal ? theirs : InvoiceState.PARKED);
            case PARKED -> sameTotal && theirs != InvoiceState.VOID ? Optional.of(theirs) : Optional.empty();
        };
    }
}
