package io.weir.simulators.stripe.resource;

import io.weir.simulators.stripe.books.Books;
import io.weir.simulators.stripe.books.Events;
import io.weir.simulators.stripe.webhook.WebhookEndpoints;
import io.weir.simulators.stripe.wire.StripeCall;
import java.util.Map;
import java.util.function.UnaryOperator;
import tools.jackson.databind.node.ObjectNode;

/// All resources by the name in their paths.
public final class Resources {

    private final Books books;
    private final Map<String, Resource> resources;

    /// @param pages the address of an invoice's page by its id
    public Resources(Books books, Events events, WebhookEndpoints endpoints, UnaryOperator<String> pages) {
        this.books = books;
        this.resources = Map.of(
                "customers", new CustomerResource(books, events),
                "invoices", new InvoiceResource(books, events, pages),
                "invoiceitems", new InvoiceItemResource(books, events),
                "events", new EventResource(events),
                "webhook_endpoints", new WebhookEndpointResource(books, endpoints));
    }

    /// Answers a call, alone. Throws [StripeException] when it is refused.
    public ObjectNode answer(StripeCall call) {
        Resource resource = resources.get(call.segment(0));
        if (resource == null) {
            throw call.unknown();
        }
        return books.alone(() -> resource.answer(call));
    }
}
