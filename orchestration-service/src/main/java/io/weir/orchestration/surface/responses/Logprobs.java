package io.weir.orchestration.surface.responses;

import io.weir.orchestration.dialect.WireJson;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// How likely tokens were. This API demands what a chat completion may leave out.
final class Logprobs {

    private Logprobs() {}

    /// @param told of a chat completion; anything but an array: none
    static ArrayNode of(JsonNode told) {
        ArrayNode tokens = WireJson.array();
        for (JsonNode token : told.isArray() ? told.values() : WireJson.array().values()) {
            ObjectNode one = token(token);
            ArrayNode others = one.putArray("top_logprobs");
            token.path("top_logprobs").values().forEach(other -> others.add(token(other)));
            tokens.add(one);
        }
        return tokens;
    }

    private static ObjectNode token(JsonNode token) {
        ObjectNode one = WireJson.object();
        one.put("token", token.path("token").asString(""));
        one.set("logprob", token.path("logprob"));
        one.set("bytes", token.path("bytes").isArray() ? token.path("bytes") : WireJson.array());
        return one;
    }
}
