package io.weir.simulators.stripe.wire;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerResponse;
import tools.jackson.databind.JsonNode;

/// A complete answer.
///
/// @param headers beyond those that every answer has
public record StripeAnswer(int status, String json, Map<String, String> headers) {

    public StripeAnswer {
        headers = Map.copyOf(headers);
    }

    public static StripeAnswer ok(JsonNode body) {
        return new StripeAnswer(200, body.toString(), Map.of());
    }

    public StripeAnswer withHeader(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new StripeAnswer(status, json, more);
    }

    /// Sends it in one piece.
    public Mono<Void> writeTo(HttpServerResponse response) {
        response.status(status).header("content-type", "application/json");
        headers.forEach(response::header);
        return response.sendByteArray(Mono.just(json.getBytes(StandardCharsets.UTF_8)))
                .then();
    }
}
