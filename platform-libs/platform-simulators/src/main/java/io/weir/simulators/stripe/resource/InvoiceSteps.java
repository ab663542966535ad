package io.weir.simulators.stripe.resource;

import io.weir.simulators.stripe.books.Books;
import io.weir.simulators.stripe.books.Events;
import io.weir.simulators.stripe.books.Invoice;
import io.weir.simulators.stripe.wire.Parameters;
import io.weir.simulators.stripe.wire.StripeCall;
import io.weir.simulators.stripe.wire.StripeException;
import java.util.Set;
import java.util.function.UnaryOperator;
import tools.jackson.databind.node.ObjectNode;

/// How an invoice moves from draft to open, paid, void and uncollectible.
/// See Stripe's "Status transitions and finalization".
final class InvoiceSteps {

    private static final String PDF = "https://pay.stripe.com/invoice/acct_simulated/test_";

    private final Books books;
    private final Events events;
    private final UnaryOperator<String> pages;

    /// @param pages the address of an invoice's page by its id
    InvoiceSteps(Books books, Events events, UnaryOperator<String> pages) {
        this.books = books;
        this.events = events;
        this.pages = pages;
    }

    /// Draft to open; to paid when nothing is due.
    ObjectNode finalizeDraft(Invoice invoice, StripeCall call) {
        call.parameters().allowOnly(Set.of("auto_advance"));
        if (!invoice.isDraft()) {
            throw StripeException.state(
                    "invoice_not_editable",
                    "This invoice is already finalized, you can't re-finalize a non-draft invoice.");
        }
        if (Math.abs(invoice.total()) > Invoice.MAX_AMOUNT) {
            throw StripeException.state(
                    "amount_too_large",
                    "The invoice's total must be no more than " + Invoice.MAX_AMOUNT
                            + " in the currency's smallest unit.");
        }
        ObjectNode before = invoice.wire();
        open(invoice, call.parameters());
        events.changed("invoice.updated", before, invoice.wire(), call);
        events.happened("invoice.finalized", invoice.wire(), call);
        if (invoice.total() <= 0) {
            paid(invoice, false, call);
        }
        return invoice.wire();
    }

    /// Finalizes a draft and says that the invoice was sent. Nothing is sent.
    ObjectNode send(Invoice invoice, StripeCall call) {
        if (invoice.isDraft()) {
            finalizeDraft(invoice, call);
        }
        refuseUnless(Set.of("open", "paid"), invoice, "sent");
        events.happened("invoice.sent", invoice.wire(), call);
        return invoice.wire();
    }

    /// Takes the money. Without `paid_out_of_band` it needs a payment method, of which `pm_card_chargeDeclined` is
    /// declined and every other pays.
    ObjectNode pay(Invoice invoice, StripeCall call) {
        Parameters parameters = call.parameters();
        parameters.allowOnly(Set.of("paid_out_of_band", "payment_method"));
        boolean outOfBand = parameters.flag("paid_out_of_band", false);
        if ("paid".equals(invoice.status())) {
            throw StripeException.state(null, "Invoice is already paid");
        }
        refuseUnless(Set.of("open", "uncollectible"), invoice, "paid");
        String method = parameters.text("payment_method");
        if (!outOfBand && method == null) {
            throw StripeException.state(
                    null,
                    "There is no default_payment_method set on this Customer or Invoice. Please set a"
                            + " default_payment_method.");
        }
        if (!outOfBand && "pm_card_chargeDeclined".equals(method)) {
            throw declined(invoice, call);
        }
        paid(invoice, outOfBand, call);
        return invoice.wire();
    }

    ObjectNode voidIt(Invoice invoice, StripeCall call) {
        refuseUnless(Set.of("open", "uncollectible"), invoice, "voided");
        return move(invoice, "void", "voided_at", "invoice.voided", call);
    }

    ObjectNode markUncollectible(Invoice invoice, StripeCall call) {
        refuseUnless(Set.of("open"), invoice, "marked uncollectible");
        return move(invoice, "uncollectible", "marked_uncollectible_at", "invoice.marked_uncollectible", call);
    }

    private void open(Invoice invoice, Parameters parameters) {
        ObjectNode fields = invoice.fields();
        ObjectNode customer = books.customer(invoice.customer(), "customer");
        if (parameters.has("auto_advance")) {
            fields.put("auto_advance", parameters.flag("auto_advance", false));
        }
        long now = books.now();
        if (!fields.path("due_date").isNull()) {
            long until =
                    fields.path("due_date").longValue() - fields.path("created").longValue();
            fields.put("due_date", now + Math.max(0, until));
        }
        if (fields.path("number").isNull()) {
            fields.put("number", books.nextInvoiceNumber(customer));
        }
        fields.put("effective_at", now);
        fields.put("ending_balance", 0);
        fields.put("hosted_invoice_url", pages.apply(invoice.id())).put("invoice_pdf", PDF + invoice.id() + "/pdf");
        invoice.become("open", "finalized_at", now);
    }

    private void paid(Invoice invoice, boolean outOfBand, StripeCall call) {
        ObjectNode before = invoice.wire();
        ObjectNode fields = invoice.fields();
        fields.put("attempted", true).put("auto_advance", false);
        if (!outOfBand && invoice.total() > 0) {
            fields.put("attempt_count", fields.path("attempt_count").intValue() + 1);
        }
        invoice.become("paid", "paid_at", books.now());
        if (outOfBand) {
            fields.put("amount_paid_off_stripe", fields.path("amount_due").longValue());
        }
        ObjectNode after = invoice.wire();
        events.changed("invoice.updated", before, after, call);
        events.happened("invoice.paid", after, call);
        events.happened("invoice.payment_succeeded", after, call);
    }

    private StripeException declined(Invoice invoice, StripeCall call) {
        ObjectNode fields = invoice.fields();
        fields.put("attempted", true)
                .put("attempt_count", fields.path("attempt_count").intValue() + 1);
        events.happened("invoice.payment_failed", invoice.wire(), call);
        return new StripeException(402, "card_error", "card_declined", "Your card was declined.", null);
    }

    private ObjectNode move(Invoice invoice, String status, String moment, String event, StripeCall call) {
        call.parameters().allowOnly(Set.of());
        ObjectNode before = invoice.wire();
        invoice.fields().put("auto_advance", false);
        invoice.become(status, moment, books.now());
        ObjectNode after = invoice.wire();
        events.changed("invoice.updated", before, after, call);
        events.happened(event, after, call);
        return after;
    }

    private static void refuseUnless(Set<String> allowed, Invoice invoice, String done) {
        if (!allowed.contains(invoice.status())) {
            throw StripeException.state(
                    "invoice_not_editable",
                    "Invoices with status " + invoice.status() + " can't be " + done + " (" + invoice.id() + ").");
        }
    }
}
