package io.weir.simulators.stripe.webhook;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Where events are sent. Does not change.
///
/// @param fields its wire form without the secret
/// @param secret signs what is sent there; never shown in a text
public record WebhookEndpoint(ObjectNode fields, String secret) {

    public String id() {
        return fields.path("id").asString();
    }

    String url() {
        return fields.path("url").asString();
    }

    boolean wants(String type) {
        for (JsonNode enabled : fields.path("enabled_events")) {
            if ("*".equals(enabled.asString()) || type.equals(enabled.asString())) {
                return true;
            }
        }
        return false;
    }

    @Override
    public String toString() {
        return "WebhookEndpoint[" + id() + ", " + url() + "]";
    }
}
