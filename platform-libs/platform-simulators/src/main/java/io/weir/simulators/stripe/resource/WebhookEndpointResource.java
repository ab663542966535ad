package io.weir.simulators.stripe.resource;

import io.weir.simulators.stripe.books.Books;
import io.weir.simulators.stripe.webhook.WebhookEndpoint;
import io.weir.simulators.stripe.webhook.WebhookEndpoints;
import io.weir.simulators.stripe.wire.Metadata;
import io.weir.simulators.stripe.wire.Pages;
import io.weir.simulators.stripe.wire.Parameters;
import io.weir.simulators.stripe.wire.StripeCall;
import io.weir.simulators.stripe.wire.StripeException;
import java.net.URI;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `/v1/webhook_endpoints`. The secret is shown once, in the answer to the creation.
final class WebhookEndpointResource implements Resource {

    private final Books books;
    private final WebhookEndpoints endpoints;

    WebhookEndpointResource(Books books, WebhookEndpoints endpoints) {
        this.books = books;
        this.endpoints = endpoints;
    }

    @Override
    public ObjectNode answer(StripeCall call) {
        return switch (Resource.route(call)) {
            case "POST" -> create(call.parameters());
            case "GET" -> list(call.parameters());
            case "GET id" -> endpoint(call).fields().deepCopy();
            case "DELETE id" -> delete(call);
            default -> throw call.unknown();
        };
    }

    private ObjectNode create(Parameters parameters) {
        parameters.allowOnly(Set.of("url", "enabled_events", "description", "metadata", "api_version"));
        String url = parameters.required("url");
        List<String> wanted = parameters.list("enabled_events");
        if (wanted.isEmpty()) {
            throw StripeException.parameter(
                    "enabled_events", "parameter_missing", "Missing required param: enabled_events.");
        }
        if (!isHttp(url)) {
            throw StripeException.parameter(
                    "url", "url_invalid", "Invalid URL: URL must be publicly accessible, but " + url + " is none.");
        }
        ObjectNode fields = JsonMapper.shared().createObjectNode();
        fields.put("id", books.ids().next("we")).put("object", "webhook_endpoint");
        fields.put("api_version", parameters.text("api_version")).putNull("application");
        fields.put("created", books.now()).put("description", parameters.text("description"));
        ArrayNode enabled = fields.putArray("enabled_events");
        wanted.forEach(enabled::add);
        fields.put("livemode", false).put("status", "enabled").put("url", url);
        Metadata.apply(parameters, fields);
        String secret = books.ids().secret();
        endpoints.add(new WebhookEndpoint(fields, secret));
        return fields.deepCopy().put("secret", secret);
    }

    private ObjectNode list(Parameters parameters) {
        parameters.allowOnly(Set.of("limit", "starting_after", "ending_before"));
        return Pages.page(
                "/v1/webhook_endpoints",
                endpoints.newestFirst().stream().map(WebhookEndpoint::fields).toList(),
                parameters);
    }

    private ObjectNode delete(StripeCall call) {
        WebhookEndpoint endpoint = endpoint(call);
        endpoints.remove(endpoint);
        return JsonMapper.shared()
                .createObjectNode()
                .put("id", endpoint.id())
                .put("object", "webhook_endpoint")
                .put("deleted", true);
    }

    private WebhookEndpoint endpoint(StripeCall call) {
        return endpoints
                .find(call.segment(1))
                .orElseThrow(() -> StripeException.missing("webhook endpoint", call.segment(1), "id"));
    }

    private static boolean isHttp(String url) {
        try {
            URI uri = URI.create(url);
            return ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme())) && uri.getHost() != null;
        } catch (IllegalArgumentException broken) {
            return false;
        }
    }
}
