package io.weir.orchestration.surface.responses;

import io.weir.orchestration.dialect.WireJson;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A function that the model wants called.
final class CallItem implements Item {

    private static final String NO_ARGUMENTS = "{}";

    private final Place place;
    private final String callId;
    private final String name;
    private final JsonNode extra;
    private final StringBuilder arguments = new StringBuilder();
    private String status = "in_progress";

    /// @param call as a chat completion or the first of its chunks has it
    CallItem(Place place, JsonNode call) {
        this.place = place;
        String id = call.path("id").asString("");
        this.callId = id.isEmpty() ? "call_" + place.id() : id;
        this.name = call.path("function").path("name").asString("");
        this.extra = call.path("extra_content");
        place.item("response.output_item.added", json());
    }

    void add(String more) {
        if (!more.isEmpty()) {
            arguments.append(more);
            place.events()
                    .emit(
                            "response.function_call_arguments.delta",
                            place.whole().put("delta", more));
        }
    }

    @Override
    public boolean isOpen() {
        return status.equals("in_progress");
    }

    @Override
    public void close(boolean complete) {
        // Clients read JSON here, also where the function takes nothing.
        if (complete && arguments.isEmpty()) {
            add(NO_ARGUMENTS);
        }
        status = complete ? "completed" : "incomplete";
        place.events()
                .emit(
                        "response.function_call_arguments.done",
                        place.whole().put("name", name).put("arguments", arguments.toString()));
        place.item("response.output_item.done", json());
    }

    @Override
    public void breakOff() {
        status = "incomplete";
    }

    @Override
    public ObjectNode json() {
        ObjectNode json = WireJson.object().put("id", place.id());
        json.put("type", "function_call").put("status", status);
        json.put("call_id", callId).put("name", name).put("arguments", arguments.toString());
        if (extra.isObject()) {
            json.set("extra_content", extra);
        }
        return json;
    }
}
