package io.weir.simulators.stripe.resource;

import io.weir.simulators.stripe.books.Books;
import io.weir.simulators.stripe.books.Events;
import io.weir.simulators.stripe.books.Invoice;
import io.weir.simulators.stripe.wire.Metadata;
import io.weir.simulators.stripe.wire.Pages;
import io.weir.simulators.stripe.wire.Parameters;
import io.weir.simulators.stripe.wire.StripeCall;
import io.weir.simulators.stripe.wire.StripeException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// `/v1/invoiceitems`: amounts that become lines of an invoice.
final class InvoiceItemResource implements Resource {

    private static final String URL = "/v1/invoiceitems";
    private static final int MAX_DESCRIPTION = 5000;
    private static final Set<String> CREATING =
            Set.of("customer", "amount", "currency", "description", "discountable", "invoice", "metadata", "period");

    private final Books books;
    private final Events events;

    InvoiceItemResource(Books books, Events events) {
        this.books = books;
        this.events = events;
    }

    @Override
    public ObjectNode answer(StripeCall call) {
        return switch (Resource.route(call)) {
            case "POST" -> create(call);
            case "GET" -> list(call.parameters());
            case "GET id" -> books.item(call.segment(1)).deepCopy();
            case "POST id" -> update(call);
            case "DELETE id" -> delete(call);
            default -> throw call.unknown();
        };
    }

    private ObjectNode create(StripeCall call) {
        Parameters parameters = call.parameters();
        parameters.allowOnly(CREATING);
        ObjectNode customer = books.customer(parameters.required("customer"), "customer");
        long amount = amount(parameters);
        Invoice invoice = invoice(parameters, customer);
        ObjectNode item = item(customer, amount, currency(parameters, customer, invoice), parameters);
        if (invoice != null) {
            attach(item, invoice, call);
        }
        books.addItem(item);
        customer.set("currency", item.path("currency"));
        events.happened("invoiceitem.created", item, call);
        return item.deepCopy();
    }

    private void attach(ObjectNode item, Invoice invoice, StripeCall call) {
        ObjectNode before = invoice.wire();
        invoice.add(item);
        events.changed("invoice.updated", before, invoice.wire(), call);
    }

    private ObjectNode update(StripeCall call) {
        Parameters parameters = call.parameters();
        parameters.allowOnly(Set.of("amount", "description", "discountable", "metadata", "period"));
        ObjectNode item = books.item(call.segment(1));
        Invoice invoice = editableInvoiceOf(item);
        ObjectNode before = invoice == null ? null : invoice.wire();
        ObjectNode after = item.deepCopy();
        if (parameters.has("amount")) {
            price(after, amount(parameters));
        }
        describe(after, parameters);
        item.setAll(after);
        if (invoice != null && before != null) {
            invoice.resum();
            events.changed("invoice.updated", before, invoice.wire(), call);
        }
        return item.deepCopy();
    }

    private ObjectNode delete(StripeCall call) {
        ObjectNode item = books.item(call.segment(1));
        Invoice invoice = editableInvoiceOf(item);
        if (invoice != null) {
            ObjectNode before = invoice.wire();
            invoice.remove(item);
            events.changed("invoice.updated", before, invoice.wire(), call);
        }
        books.removeItem(item);
        events.happened("invoiceitem.deleted", item, call);
        return JsonMapper.shared()
                .createObjectNode()
                .put("id", Books.idOf(item))
                .put("object", "invoiceitem")
                .put("deleted", true);
    }

    private ObjectNode list(Parameters parameters) {
        Set<String> known = new HashSet<>(Pages.PARAMETERS);
        known.addAll(Set.of("customer", "invoice", "pending"));
        parameters.allowOnly(known);
        String customer = parameters.text("customer");
        String invoice = parameters.text("invoice");
        boolean pendingOnly = parameters.flag("pending", false);
        List<ObjectNode> items = books.items().stream()
                .filter(item ->
                        customer == null || item.path("customer").asString().equals(customer))
                .filter(item ->
                        invoice == null || item.path("invoice").asString("").equals(invoice))
                .filter(item -> !pendingOnly || item.path("invoice").isNull())
                .toList();
        return Pages.page(URL, items, parameters);
    }

    private ObjectNode item(ObjectNode customer, long amount, String currency, Parameters parameters) {
        long now = books.now();
        ObjectNode item = JsonMapper.shared().createObjectNode();
        item.put("id", books.ids().next("ii")).put("object", "invoiceitem").put("currency", currency);
        item.put("customer", Books.idOf(customer)).put("date", now).putNull("description");
        item.put("discountable", amount >= 0).putNull("invoice").put("livemode", false);
        item.putNull("parent")
                .put("proration", false)
                .putNull("proration_details")
                .putNull("test_clock");
        item.put("quantity", 1).put("quantity_decimal", "1");
        item.putArray("discounts");
        item.putArray("tax_rates");
        item.putObject("metadata");
        item.putObject("period").put("start", now).put("end", now);
        price(item, amount);
        describe(item, parameters);
        return item;
    }

    private static void price(ObjectNode item, long amount) {
        item.put("amount", amount).put("net_amount", amount);
        item.putObject("pricing")
                .putNull("price_details")
                .put("type", "price_details")
                .put("unit_amount_decimal", Long.toString(amount));
    }

    private static void describe(ObjectNode item, Parameters parameters) {
        if (parameters.has("description")) {
            String description = parameters.text("description");
            if (description != null && description.length() > MAX_DESCRIPTION) {
                throw StripeException.parameter(
                        "description",
                        "parameter_invalid_string",
                        "Invalid string: description can have up to " + MAX_DESCRIPTION + " characters.");
            }
            item.put("description", description);
        }
        if (parameters.has("discountable")) {
            item.put("discountable", parameters.flag("discountable", true));
        }
        Long start = parameters.whole("period[start]");
        Long end = parameters.whole("period[end]");
        if (start != null || end != null) {
            item.set("period", period(start, end));
        }
        Metadata.apply(parameters, item);
    }

    private static JsonNode period(@Nullable Long start, @Nullable Long end) {
        if (start == null || end == null) {
            String absent = start == null ? "period[start]" : "period[end]";
            throw StripeException.parameter(absent, "parameter_missing", "Missing required param: " + absent + ".");
        }
        if (end < start) {
            throw StripeException.parameter(
                    "period[end]", "parameter_invalid_integer", "The period's end must not be before its start.");
        }
        return JsonMapper.shared().createObjectNode().put("start", start).put("end", end);
    }

    private static long amount(Parameters parameters) {
        parameters.required("amount");
        Long amount = parameters.whole("amount");
        if (amount == null) {
            throw new IllegalStateException("amount neither absent nor present");
        }
        if (amount > Invoice.MAX_AMOUNT) {
            throw StripeException.parameter(
                    "amount",
                    "amount_too_large",
                    "Amount must be no more than " + Invoice.MAX_AMOUNT + " in the currency's smallest unit.");
        }
        if (amount < -Invoice.MAX_AMOUNT) {
            throw StripeException.parameter(
                    "amount",
                    "amount_too_small",
                    "Amount must be no less than -" + Invoice.MAX_AMOUNT + " in the currency's smallest unit.");
        }
        return amount;
    }

    private @Nullable Invoice invoice(Parameters parameters, ObjectNode customer) {
        String id = parameters.text("invoice");
        if (id == null) {
            return null;
        }
        Invoice invoice = books.invoice(id, "invoice");
        if (!invoice.customer().equals(Books.idOf(customer))) {
            throw StripeException.parameter(
                    "invoice",
                    "resource_missing",
                    "Customer " + Books.idOf(customer) + " does not have an invoice with ID " + id + ".");
        }
        if (!invoice.isDraft()) {
            throw StripeException.parameter(
                    "invoice",
                    "invoice_not_editable",
                    "The invoice " + id + " is no longer editable: its status is " + invoice.status() + ".");
        }
        return invoice;
    }

    private static String currency(Parameters parameters, ObjectNode customer, @Nullable Invoice invoice) {
        String asked = Books.currency(parameters);
        String before = invoice == null ? customer.path("currency").asString("usd") : invoice.currency();
        String currency = asked == null ? before : asked;
        if (invoice != null && !currency.equals(invoice.currency())) {
            throw StripeException.parameter(
                    "currency",
                    "parameter_invalid_string",
                    "The invoice item's currency (" + currency + ") must be that of the invoice (" + invoice.currency()
                            + ").");
        }
        return currency;
    }

    private @Nullable Invoice editableInvoiceOf(ObjectNode item) {
        if (item.path("invoice").isNull()) {
            return null;
        }
        Invoice invoice = books.invoice(item.path("invoice").asString(), "invoice");
        if (!invoice.isDraft()) {
            throw StripeException.state(
                    "invoice_not_editable",
                    "This invoice item is attached to an invoice that is no longer editable (" + invoice.id() + ", "
                            + invoice.status() + ").");
        }
        return invoice;
    }
}
