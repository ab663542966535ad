package io.weir.orchestration.dialect;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A function that the model wants called.
///
/// @param arguments JSON text
/// @param extra the provider's own, which the client must send back; null: none
public record ToolCall(
        String id, String name, String arguments, @Nullable JsonNode extra) {

    ObjectNode json() {
        ObjectNode call = WireJson.object();
        call.put("id", id);
        call.put("type", "function");
        call.putObject("function").put("name", name).put("arguments", arguments);
        if (extra != null) {
            call.set("extra_content", extra);
        }
        return call;
    }
}
