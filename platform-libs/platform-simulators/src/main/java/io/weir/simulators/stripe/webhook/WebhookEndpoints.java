package io.weir.simulators.stripe.webhook;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;

/// The webhook endpoints there are. Safe for concurrent use.
public final class WebhookEndpoints {

    private final SequencedMap<String, WebhookEndpoint> endpoints = new LinkedHashMap<>();

    public synchronized void add(WebhookEndpoint endpoint) {
        endpoints.put(endpoint.id(), endpoint);
    }

    public synchronized void remove(WebhookEndpoint endpoint) {
        endpoints.remove(endpoint.id());
    }

    public synchronized Optional<WebhookEndpoint> find(String id) {
        return Optional.ofNullable(endpoints.get(id));
    }

    public synchronized List<WebhookEndpoint> newestFirst() {
        return List.copyOf(endpoints.sequencedValues().reversed());
    }

    List<WebhookEndpoint> wanting(String type) {
        return newestFirst().stream().filter(endpoint -> endpoint.wants(type)).toList();
    }
}
