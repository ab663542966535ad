package io.weir.simulators.stripe.webhook;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/// The record of what was sent where, newest kept when there is too much. Safe for concurrent use.
public final class Deliveries {

    private static final int CAPACITY = 50_000;

    private final SequencedMap<String, Delivery> deliveries = new LinkedHashMap<>();

    synchronized void note(Delivery delivery) {
        deliveries.put(delivery.eventId() + "/" + delivery.endpointId() + "/" + delivery.copy(), delivery);
        if (deliveries.size() > CAPACITY) {
            deliveries.pollFirstEntry();
        }
    }

    /// Oldest first.
    public synchronized List<Delivery> all() {
        return List.copyOf(deliveries.values());
    }
}
