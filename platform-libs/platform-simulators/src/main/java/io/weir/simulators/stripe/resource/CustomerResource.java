package io.weir.simulators.stripe.resource;

import io.weir.simulators.stripe.books.Books;
import io.weir.simulators.stripe.books.Events;
import io.weir.simulators.stripe.wire.Metadata;
import io.weir.simulators.stripe.wire.Pages;
import io.weir.simulators.stripe.wire.Parameters;
import io.weir.simulators.stripe.wire.SearchQuery;
import io.weir.simulators.stripe.wire.StripeCall;
import io.weir.simulators.stripe.wire.StripeException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// `/v1/customers`.
final class CustomerResource implements Resource {

    private static final String URL = "/v1/customers";
    private static final List<String> TEXTS = List.of("name", "email", "description", "phone");
    private static final int MAX_TEXT = 5000;
    private static final Set<String> WRITABLE =
            Set.of("name", "email", "description", "phone", "address", "metadata", "preferred_locales");

    private final Books books;
    private final Events events;

    CustomerResource(Books books, Events events) {
        this.books = books;
        this.events = events;
    }

    @Override
    public ObjectNode answer(StripeCall call) {
        return switch (Resource.route(call)) {
            case "POST" -> create(call);
            case "GET" -> list(call.parameters());
            case "GET search" -> search(call.parameters());
            case "GET id" -> retrieve(call);
            case "POST id" -> update(call);
            case "DELETE id" -> delete(call);
            default -> throw call.unknown();
        };
    }

    private ObjectNode create(StripeCall call) {
        ObjectNode customer = books.newCustomer();
        write(call.parameters(), customer);
        books.add(customer);
        events.happened("customer.created", customer, call);
        return customer.deepCopy();
    }

    private ObjectNode retrieve(StripeCall call) {
        ObjectNode customer = books.customer(call.segment(1), "id");
        return books.isDeleted(customer) ? deleted(customer) : customer.deepCopy();
    }

    private ObjectNode update(StripeCall call) {
        ObjectNode customer = existing(call);
        ObjectNode after = customer.deepCopy();
        write(call.parameters(), after);
        ObjectNode before = customer.deepCopy();
        customer.setAll(after);
        events.changed("customer.updated", before, after, call);
        return after.deepCopy();
    }

    private ObjectNode delete(StripeCall call) {
        ObjectNode customer = existing(call);
        ObjectNode last = customer.deepCopy();
        customer.put("deleted", true);
        events.happened("customer.deleted", last, call);
        return deleted(customer);
    }

    private ObjectNode list(Parameters parameters) {
        Set<String> known = new HashSet<>(Pages.PARAMETERS);
        known.add("email");
        parameters.allowOnly(known);
        String email = parameters.text("email");
        List<ObjectNode> customers = books.customers().stream()
                .filter(customer ->
                        email == null || customer.path("email").asString("").equals(email))
                .toList();
        return Pages.page(URL, customers, parameters);
    }

    private ObjectNode search(Parameters parameters) {
        parameters.allowOnly(Set.of("query", "limit", "page"));
        List<ObjectNode> found = books.customers().stream()
                .filter(SearchQuery.parse(parameters.required("query")))
                .toList();
        return Pages.found(URL + "/search", found, parameters);
    }

    private ObjectNode existing(StripeCall call) {
        ObjectNode customer = books.customer(call.segment(1), "id");
        if (books.isDeleted(customer)) {
            throw StripeException.missing("customer", call.segment(1), "id");
        }
        return customer;
    }

    private static void write(Parameters parameters, ObjectNode customer) {
        parameters.allowOnly(WRITABLE);
        for (String name : TEXTS) {
            if (parameters.has(name)) {
                customer.put(name, short5000(name, parameters));
            }
        }
        Map<String, String> address = parameters.members("address");
        if (!address.isEmpty()) {
            ObjectNode kept = customer.putObject("address");
            for (String part : List.of("city", "country", "line1", "line2", "postal_code", "state")) {
                kept.put(part, address.get(part));
            }
        }
        Metadata.apply(parameters, customer);
    }

    private static @org.jspecify.annotations.Nullable String short5000(String name, Parameters parameters) {
        String text = parameters.text(name);
        if (text != null && text.length() > MAX_TEXT) {
            throw StripeException.parameter(
                    name,
                    "parameter_invalid_string",
                    "Invalid string: " + name + " can have up to " + MAX_TEXT + " characters.");
        }
        if (text != null && "email".equals(name) && !text.contains("@")) {
            throw StripeException.parameter("email", "email_invalid", "Invalid email address: " + text);
        }
        return text;
    }

    private static ObjectNode deleted(ObjectNode customer) {
        return JsonMapper.shared()
                .createObjectNode()
                .put("id", Books.idOf(customer))
                .put("object", "customer")
                .put("deleted", true);
    }
}
