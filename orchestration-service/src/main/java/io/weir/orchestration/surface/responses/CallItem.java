package io.weir.orchestration.surface.responses;

import io.weir.orchestration.dialect.WireJson;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A function that the model wants called.
final class CallItem implements Item {

    private static final String NO_ARGUMENTS = "{}";

    private final Place place;
    private final StringBuilder arguments = new StringBuilder();
    private String callId = "";
    private String name = "";
    private JsonNode extra = WireJson.object();
    private boolean announced;
    private int told;
    private String status = "in_progress";

    CallItem(Place place) {
        this.place = place;
    }

    /// @param call as a chat completion or one of its chunks has it. Its name may come later than its id
    void add(JsonNode call) {
        JsonNode function = call.path("function");
        callId = callId.isEmpty() ? call.path("id").asString("") : callId;
        name = name.isEmpty() ? function.path("name").asString("") : name;
        extra = call.path("extra_content").isObject() ? call.path("extra_content") : extra;
        arguments.append(function.path("arguments").asString(""));
        if (announced || !name.isEmpty()) {
            tell();
        }
    }

    private void tell() {
        if (!announced) {
            announced = true;
            callId = callId.isEmpty() ? "call_" + place.id() : callId;
            place.item("response.output_item.added", json(""));
        }
        if (told < arguments.length()) {
            place.events()
                    .emit(
                            "response.function_call_arguments.delta",
                            place.whole().put("delta", arguments.substring(told)));
            told = arguments.length();
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
            arguments.append(NO_ARGUMENTS);
        }
        tell();
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
        return json(arguments.toString());
    }

    private ObjectNode json(String written) {
        ObjectNode json = WireJson.object().put("id", place.id());
        json.put("type", "function_call").put("status", status);
        json.put("call_id", callId).put("name", name).put("arguments", written);
        if (!extra.isEmpty()) {
            json.set("extra_content", extra);
        }
        return json;
    }
}
