package io.weir.simulators.stripe.resource;

import io.weir.simulators.stripe.books.Books;
import io.weir.simulators.stripe.books.Events;
import io.weir.simulators.stripe.books.Invoice;
import io.weir.simulators.stripe.wire.Metadata;
import io.weir.simulators.stripe.wire.Pages;
import io.weir.simulators.stripe.wire.Parameters;
import io.weir.simulators.stripe.wire.SearchQuery;
import io.weir.simulators.stripe.wire.StripeCall;
import io.weir.simulators.stripe.wire.StripeException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// `/v1/invoices`.
final class InvoiceResource implements Resource {

    private static final String URL = "/v1/invoices";
    private static final Set<String> CREATING = Set.of(
            "customer",
            "auto_advance",
            "pending_invoice_items_behavior",
            "collection_method",
            "days_until_due",
            "due_date",
            "currency",
            "number",
            "description",
            "footer",
            "metadata");

    private final Books books;
    private final Events events;
    private final InvoiceSteps steps;

    InvoiceResource(Books books, Events events, UnaryOperator<String> pages) {
        this.books = books;
        this.events = events;
        this.steps = new InvoiceSteps(books, events, pages);
    }

    @Override
    public ObjectNode answer(StripeCall call) {
        return switch (Resource.route(call)) {
            case "POST" -> create(call);
            case "GET" -> list(call.parameters());
            case "GET search" -> search(call.parameters());
            case "GET id" -> invoice(call).wire();
            case "POST id" -> update(call);
            case "DELETE id" -> delete(call);
            case "GET id/lines" -> lines(call);
            case "POST id/finalize" -> steps.finalizeDraft(invoice(call), call);
            case "POST id/send" -> steps.send(invoice(call), call);
            case "POST id/pay" -> steps.pay(invoice(call), call);
            case "POST id/void" -> steps.voidIt(invoice(call), call);
            case "POST id/mark_uncollectible" -> steps.markUncollectible(invoice(call), call);
            default -> throw call.unknown();
        };
    }

    private Invoice invoice(StripeCall call) {
        return books.invoice(call.segment(1), "invoice");
    }

    private ObjectNode create(StripeCall call) {
        Parameters parameters = call.parameters();
        parameters.allowOnly(CREATING);
        ObjectNode customer = books.customer(parameters.required("customer"), "customer");
        if (books.isDeleted(customer)) {
            throw StripeException.missing("customer", Books.idOf(customer), "customer");
        }
        String asked = Books.currency(parameters);
        String currency = asked == null ? customer.path("currency").asString("usd") : asked;
        Invoice invoice = new Invoice(books.ids().next("in"), customer, currency, books.now());
        write(parameters, invoice.fields());
        refuseWithoutEmail(invoice.fields());
        if ("include".equals(parameters.oneOf("pending_invoice_items_behavior", Set.of("include", "exclude")))) {
            books.pendingItems(Books.idOf(customer), currency).stream()
                    .limit(Invoice.MAX_LINES)
                    .forEach(invoice::add);
        }
        books.add(invoice);
        events.happened("invoice.created", invoice.wire(), call);
        return invoice.wire();
    }

    private ObjectNode update(StripeCall call) {
        Invoice invoice = invoice(call);
        Parameters parameters = call.parameters();
        if (!invoice.isDraft()) {
            refuseForFinalized(parameters);
        }
        Set<String> known = new HashSet<>(CREATING);
        known.removeAll(Set.of("customer", "currency", "pending_invoice_items_behavior"));
        parameters.allowOnly(known);
        ObjectNode before = invoice.wire();
        ObjectNode after = invoice.fields().deepCopy();
        write(parameters, after);
        refuseWithoutEmail(after);
        invoice.fields().setAll(after);
        events.changed("invoice.updated", before, invoice.wire(), call);
        return invoice.wire();
    }

    private static void refuseForFinalized(Parameters parameters) {
        try {
            parameters.allowOnly(Set.of("metadata", "auto_advance"));
        } catch (StripeException other) {
            throw StripeException.state("invoice_not_editable", "Finalized invoices can't be updated in this way");
        }
    }

    private ObjectNode delete(StripeCall call) {
        Invoice invoice = invoice(call);
        if (!invoice.isDraft()) {
            throw StripeException.state(
                    "invoice_not_editable",
                    "You can only delete draft invoices. To void an open invoice, use the void endpoint.");
        }
        books.remove(invoice);
        events.happened("invoice.deleted", invoice.wire(), call);
        return JsonMapper.shared()
                .createObjectNode()
                .put("id", invoice.id())
                .put("object", "invoice")
                .put("deleted", true);
    }

    private ObjectNode list(Parameters parameters) {
        Set<String> known = new HashSet<>(Pages.PARAMETERS);
        known.addAll(Set.of("customer", "status", "collection_method"));
        parameters.allowOnly(known);
        String customer = parameters.text("customer");
        String status = parameters.oneOf("status", Set.of("draft", "open", "paid", "uncollectible", "void"));
        String collection = parameters.text("collection_method");
        List<ObjectNode> invoices = books.invoices().stream()
                .filter(invoice -> customer == null || invoice.customer().equals(customer))
                .filter(invoice -> status == null || invoice.status().equals(status))
                .map(Invoice::wire)
                .filter(wire -> collection == null
                        || wire.path("collection_method").asString().equals(collection))
                .toList();
        return Pages.page(URL, invoices, parameters);
    }

    private ObjectNode search(Parameters parameters) {
        parameters.allowOnly(Set.of("query", "limit", "page"));
        List<ObjectNode> found = books.invoices().stream()
                .map(Invoice::wire)
                .filter(SearchQuery.parse(parameters.required("query")))
                .toList();
        return Pages.found(URL + "/search", found, parameters);
    }

    private ObjectNode lines(StripeCall call) {
        call.parameters().allowOnly(Set.of("limit", "starting_after", "ending_before"));
        Invoice invoice = invoice(call);
        return Pages.page(invoice.linesUrl(), invoice.lines(), call.parameters());
    }

    private void write(Parameters parameters, ObjectNode fields) {
        if (parameters.has("auto_advance")) {
            fields.put("auto_advance", parameters.flag("auto_advance", false));
        }
        for (String text : List.of("description", "footer", "number")) {
            if (parameters.has(text)) {
                fields.put(text, parameters.text(text));
            }
        }
        Metadata.apply(parameters, fields);
        writeCollection(parameters, fields);
    }

    private void writeCollection(Parameters parameters, ObjectNode fields) {
        String method = parameters.oneOf("collection_method", Set.of("charge_automatically", "send_invoice"));
        if (method != null) {
            fields.put("collection_method", method);
        }
        boolean sent = "send_invoice".equals(fields.path("collection_method").asString());
        Long due = dueDate(parameters);
        if (sent && due == null && fields.path("due_date").isNull()) {
            throw StripeException.parameter(
                    "days_until_due",
                    "parameter_missing",
                    "If invoice.collection_method is set to send_invoice, you must specify either days_until_due or"
                            + " due_date.");
        }
        if (!sent && due != null) {
            throw StripeException.parameter(
                    "days_until_due",
                    "parameter_unknown",
                    "You can only set days_until_due or due_date on invoices whose collection_method is send_invoice.");
        }
        if (due != null) {
            fields.put("due_date", due);
        }
    }

    // In Stripe's words, at creation already.
    private void refuseWithoutEmail(ObjectNode fields) {
        boolean sent = "send_invoice".equals(fields.path("collection_method").asString());
        if (sent
                && books.customer(fields.path("customer").asString(), "customer")
                        .path("email")
                        .asString("")
                        .isBlank()) {
            throw StripeException.state(
                    null,
                    "Missing email. In order to create invoices that are sent to the customer, the customer must have a"
                            + " valid email.");
        }
    }

    private @Nullable Long dueDate(Parameters parameters) {
        Long days = parameters.whole("days_until_due");
        Long date = parameters.whole("due_date");
        if (days != null && (days < 0 || days > 36_500)) {
            throw StripeException.parameter(
                    "days_until_due", "parameter_invalid_integer", "Invalid days_until_due: " + days);
        }
        if (days != null && date != null) {
            throw StripeException.parameter(
                    "days_until_due",
                    "parameter_unknown",
                    "You may only specify one of these parameters: days_until_due, due_date.");
        }
        return days == null ? date : Long.valueOf(books.now() + days * 86_400);
    }
}
