package io.weir.simulators.stripe.resource;

import io.weir.simulators.stripe.books.Events;
import io.weir.simulators.stripe.wire.Pages;
import io.weir.simulators.stripe.wire.Parameters;
import io.weir.simulators.stripe.wire.StripeCall;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/// `/v1/events`.
final class EventResource implements Resource {

    private final Events events;

    EventResource(Events events) {
        this.events = events;
    }

    @Override
    public ObjectNode answer(StripeCall call) {
        return switch (Resource.route(call)) {
            case "GET" -> list(call.parameters());
            case "GET id" -> events.event(call.segment(1)).deepCopy();
            default -> throw call.unknown();
        };
    }

    private ObjectNode list(Parameters parameters) {
        Set<String> known = new HashSet<>(Pages.PARAMETERS);
        known.addAll(Set.of("type", "types"));
        parameters.allowOnly(known);
        String type = parameters.text("type");
        List<String> types = parameters.list("types");
        List<ObjectNode> matching = events.all().stream()
                .filter(event -> type == null || matches(type, event))
                .filter(event -> types.isEmpty() || types.stream().anyMatch(one -> matches(one, event)))
                .toList();
        return Pages.page("/v1/events", matching, parameters);
    }

    // `invoice.*` stands for every event of an invoice.
    private static boolean matches(String wanted, ObjectNode event) {
        String type = event.path("type").asString();
        return wanted.endsWith("*") ? type.startsWith(wanted.substring(0, wanted.length() - 1)) : type.equals(wanted);
    }
}
