package io.weir.simulators.stripe.books;

import io.weir.simulators.stripe.wire.StripeCall;
import io.weir.simulators.stripe.wire.StripeException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// What happened, newest kept when there is too much. Called under the lock of [Books] only.
public final class Events {

    /// The version of Stripe's API whose forms the simulator speaks.
    public static final String API_VERSION = "2026-07-29.dahlia";

    private static final int CAPACITY = 50_000;

    private final Books books;
    private final Announcer announcer;
    private final SequencedMap<String, ObjectNode> events = new LinkedHashMap<>();

    /// No events.
    public Events(Books books, Announcer announcer) {
        this.books = books;
        this.announcer = announcer;
    }

    /// Something happened to an object.
    public void happened(String type, ObjectNode object, StripeCall cause) {
        record(type, object, null, cause);
    }

    /// An object changed; the event says what its fields were before.
    public void changed(String type, ObjectNode before, ObjectNode after, StripeCall cause) {
        ObjectNode previous = JsonMapper.shared().createObjectNode();
        before.properties().forEach(field -> {
            if (!field.getValue().equals(after.path(field.getKey()))) {
                previous.set(field.getKey(), field.getValue());
            }
        });
        if (!previous.isEmpty()) {
            record(type, after, previous, cause);
        }
    }

    /// Fails with 404.
    public ObjectNode event(String id) {
        ObjectNode event = events.get(id);
        if (event == null) {
            throw StripeException.missing("event", id, "id");
        }
        return event;
    }

    /// Newest first.
    public List<ObjectNode> all() {
        return List.copyOf(events.sequencedValues().reversed());
    }

    private void record(String type, ObjectNode object, @Nullable JsonNode previous, StripeCall cause) {
        ObjectNode event = JsonMapper.shared().createObjectNode();
        event.put("id", books.ids().next("evt"))
                .put("object", "event")
                .put("api_version", API_VERSION)
                .put("created", books.now());
        ObjectNode data = event.putObject("data");
        data.set("object", object.deepCopy());
        if (previous != null) {
            data.set("previous_attributes", previous);
        }
        event.put("livemode", false).put("pending_webhooks", announcer.interested(type));
        event.putObject("request").put("id", cause.requestId()).put("idempotency_key", cause.idempotencyKey());
        event.put("type", type);
        events.put(Books.idOf(event), event);
        books.changed();
        if (events.size() > CAPACITY) {
            events.pollFirstEntry();
        }
        announcer.announce(event);
    }

    /// Tells the world of events. Never waits.
    public interface Announcer {

        /// How many endpoints want events of this type.
        int interested(String type);

        /// The event does not change any more.
        void announce(ObjectNode event);
    }
}
