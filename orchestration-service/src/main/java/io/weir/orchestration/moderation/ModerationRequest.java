package io.weir.orchestration.moderation;

import io.weir.orchestration.dialect.RoutingWishes;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// A valid request for moderations.
///
/// @param model null: the client named none
/// @param input as the client gave it, which is as the provider takes it
/// @param results that it asks for: one for each text, or one for parts that belong together
/// @param routing what it says of who may serve it
/// @param bytes of the body as received
record ModerationRequest(@Nullable String model, JsonNode input, int results, RoutingWishes routing, int bytes) {

    @Override
    public String toString() {
        return "ModerationRequest[" + model + ", " + results + " results, " + bytes + " bytes]";
    }
}
