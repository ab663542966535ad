package io.weir.simulators.stripe;

import io.weir.simulators.stripe.books.Books;
import io.weir.simulators.stripe.books.Events;
import io.weir.simulators.stripe.books.Invoice;
import io.weir.simulators.stripe.webhook.Deliveries;
import io.weir.simulators.stripe.webhook.Delivery;
import io.weir.simulators.stripe.webhook.WebhookEndpoint;
import io.weir.simulators.stripe.webhook.WebhookEndpoints;
import io.weir.simulators.stripe.wire.IdempotencyKeys;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.stream.Collectors;
import reactor.core.publisher.Flux;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What the simulator holds, as JSON, written piece by piece. Everything stands oldest first; an invoice has all its
/// lines. Webhook secrets are left out.
final class StateText {

    private static final JsonMapper JSON = JsonMapper.shared();

    private final Books books;
    private final Events events;
    private final IdempotencyKeys keys;
    private final WebhookEndpoints endpoints;
    private final Deliveries deliveries;

    StateText(Books books, Events events, IdempotencyKeys keys, WebhookEndpoints endpoints, Deliveries deliveries) {
        this.books = books;
        this.events = events;
        this.keys = keys;
        this.endpoints = endpoints;
        this.deliveries = deliveries;
    }

    /// Counts and sums only.
    Flux<String> summary() {
        return Flux.just(JSON.writeValueAsString(totals()));
    }

    Flux<String> whole() {
        return Flux.defer(() -> {
            String totals = totals().toString();
            return Flux.concat(
                    Flux.just("{\"totals\":" + totals),
                    array("customers", books.alone(() -> copies(books.customers()))),
                    array("invoices", books.alone(this::invoices)),
                    array("pending_invoice_items", books.alone(this::pendingItems)),
                    array("events", books.alone(() -> events.all().reversed())),
                    array(
                            "webhook_endpoints",
                            endpoints.newestFirst().reversed().stream()
                                    .map(WebhookEndpoint::fields)
                                    .toList()),
                    array(
                            "webhook_deliveries",
                            deliveries.all().stream().map(StateText::wireOf).toList()),
                    Flux.just("}"));
        });
    }

    private ObjectNode totals() {
        return books.alone(() -> {
            ObjectNode totals = JSON.createObjectNode()
                    .put("customers", books.customers().size())
                    .put("events", events.all().size())
                    .put("idempotency_keys", keys.size());
            ObjectNode byStatus = totals.putObject("invoices");
            books.invoices().stream()
                    .collect(Collectors.groupingBy(
                            invoice -> invoice.status() + "." + invoice.currency(), TreeMap::new, Collectors.toList()))
                    .forEach((key, invoices) -> byStatus.putObject(key)
                            .put("count", invoices.size())
                            .put(
                                    "total",
                                    invoices.stream().mapToLong(Invoice::total).reduce(0, Math::addExact)));
            ObjectNode sent = totals.putObject("webhook_deliveries");
            deliveries.all().stream()
                    .collect(Collectors.groupingBy(StateText::stateOf, TreeMap::new, Collectors.counting()))
                    .forEach(sent::put);
            return totals;
        });
    }

    private List<ObjectNode> invoices() {
        return books.invoices().reversed().stream()
                .map(invoice -> {
                    ObjectNode wire = invoice.wire();
                    ArrayNode lines = wire.putArray("lines");
                    invoice.lines().forEach(lines::add);
                    return wire;
                })
                .toList();
    }

    private List<ObjectNode> pendingItems() {
        return copies(books.items()).stream()
                .filter(item -> item.path("invoice").isNull())
                .toList();
    }

    private static List<ObjectNode> copies(List<ObjectNode> newestFirst) {
        return newestFirst.reversed().stream().map(ObjectNode::deepCopy).toList();
    }

    private static ObjectNode wireOf(Delivery delivery) {
        return JSON.createObjectNode()
                .put("event", delivery.eventId())
                .put("type", delivery.type())
                .put("endpoint", delivery.endpointId())
                .put("url", delivery.url())
                .put("copy", delivery.copy())
                .put("attempts", delivery.attempts())
                .put("status", delivery.status())
                .put("failure", delivery.failure())
                .put("state", stateOf(delivery))
                .put("at", delivery.at().toString());
    }

    private static String stateOf(Delivery delivery) {
        return delivery.state().name().toLowerCase(Locale.ROOT);
    }

    private static Flux<String> array(String name, List<? extends JsonNode> members) {
        return Flux.concat(
                Flux.just(",\"" + name + "\":["),
                Flux.range(0, members.size())
                        .map(index ->
                                (index == 0 ? "" : ",") + members.get(index).toString()),
                Flux.just("]"));
    }
}
