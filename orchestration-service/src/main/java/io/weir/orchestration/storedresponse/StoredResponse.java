package io.weir.orchestration.storedresponse;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A response as it was kept.
///
/// @param response as its client got it
/// @param input all that its model was told in the conversation, each item with an id
record StoredResponse(ObjectNode response, ArrayNode input) {

    /// What a response goes on with that follows this one.
    ArrayNode conversation() {
        ArrayNode all = input.deepCopy();
        response.path("output").values().forEach(all::add);
        return all;
    }

    @Override
    public String toString() {
        return "StoredResponse[" + response.path("id").asString("") + "]";
    }
}
