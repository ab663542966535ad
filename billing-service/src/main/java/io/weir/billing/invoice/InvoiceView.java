package io.weir.billing.invoice;

import java.math.BigDecimal;
import java.util.Currency;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// An invoice as it is shown: the document, which never changes once final, and how far it is at Stripe, which does.
///
/// @param atStripe null where it was never handed over
record InvoiceView(Invoice invoice, @Nullable AtStripe atStripe) {

    private static final String NOT_SENT = "Stripe was not set up when this invoice became final, so nothing was sent."
            + " Once it is, an operator sends it with POST /api/billing/invoices/{id}/resume.";

    /// @param status Stripe's own word
    /// @param minorTotal Stripe's total, in the currency's minor unit
    /// @param reason why it is parked
    /// @param itemIds Stripe's ids of the lines, by position from 0
    record AtStripe(
            InvoiceState state,
            @Nullable String customerId,
            @Nullable String invoiceId,
            @Nullable String status,
            @Nullable Long minorTotal,
            @Nullable String hostedInvoiceUrl,
            @Nullable String reason,
            Map<Integer, String> itemIds) {

        AtStripe {
            itemIds = Map.copyOf(itemIds);
        }
    }

    InvoiceState state() {
        if (atStripe != null) {
            return atStripe.state();
        }
        return invoice.isFinal() ? InvoiceState.RATED : InvoiceState.DRAFT;
    }

    InvoiceView abridged() {
        return new InvoiceView(invoice.abridged(), atStripe);
    }

    /// As tenants see it: why an invoice is parked is the operators' business.
    InvoiceView withoutReason() {
        if (atStripe == null) {
            return this;
        }
        return new InvoiceView(
                invoice,
                new AtStripe(
                        atStripe.state(),
                        atStripe.customerId(),
                        atStripe.invoiceId(),
                        atStripe.status(),
                        atStripe.minorTotal(),
                        atStripe.hostedInvoiceUrl(),
                        null,
                        atStripe.itemIds()));
    }

    ObjectNode json(JsonMapper json) {
        ObjectNode shown = json.valueToTree(invoice);
        shown.put("state", state().wireName());
        if (atStripe != null) {
            ArrayNode lines = (ArrayNode) shown.path("lines");
            atStripe.itemIds().forEach((line, id) -> ((ObjectNode) lines.get(line)).put("stripeItemId", id));
            describe(shown.putObject("stripe"), atStripe);
        } else if (invoice.isFinal()) {
            shown.putObject("stripe").put("state", "not_sent").put("reason", NOT_SENT);
        }
        return shown;
    }

    String html(InvoicePage page) {
        return page.html(invoice, state(), atStripe == null ? null : atStripe.hostedInvoiceUrl());
    }

    private void describe(ObjectNode stripe, AtStripe at) {
        stripe.put("state", at.state().wireName());
        putUnlessNull(stripe, "status", at.status());
        putUnlessNull(stripe, "customerId", at.customerId());
        putUnlessNull(stripe, "invoiceId", at.invoiceId());
        if (at.minorTotal() != null) {
            int decimals = Currency.getInstance(invoice.currency()).getDefaultFractionDigits();
            stripe.put("total", BigDecimal.valueOf(at.minorTotal(), decimals).toPlainString());
        }
        putUnlessNull(stripe, "hostedInvoiceUrl", at.hostedInvoiceUrl());
        putUnlessNull(stripe, "reason", at.reason());
    }

    private static void putUnlessNull(ObjectNode object, String field, @Nullable String value) {
        if (value != null) {
            object.put(field, value);
        }
    }
}
