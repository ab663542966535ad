package io.weir.orchestration.surface.responses;

import io.weir.orchestration.dialect.WireJson;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Tells a response that is whole as a stream: the same events each time, every text in one delta.
public final class Retelling {

    private Retelling() {}

    /// The events after a number, the last one always: a client that heard more of another stream learns the whole.
    ///
    /// @param response as it is kept
    /// @param after -1: all
    public static byte[] of(ObjectNode response, long after) {
        EventFrames frames = new EventFrames(after + 1);
        ObjectNode begun = response.deepCopy().put("status", "in_progress");
        begun.putArray("output");
        begun.putNull("usage").putNull("incomplete_details");
        begun.remove("x_cost_usd");
        lifecycle(frames, "response.created", begun);
        lifecycle(frames, "response.in_progress", begun);
        int place = 0;
        for (JsonNode item : response.path("output").values()) {
            tell(item, new Place(item.path("id").asString(""), place++, frames));
        }
        ObjectNode last = WireJson.object();
        last.set("response", response);
        frames.emitLast("response." + response.path("status").asString("completed"), last);
        return frames.drain();
    }

    private static void lifecycle(EventFrames frames, String type, ObjectNode response) {
        ObjectNode event = WireJson.object();
        event.set("response", response);
        frames.emit(type, event);
    }

    private static void tell(JsonNode item, Place place) {
        boolean complete = !item.path("status").asString("").equals("incomplete");
        if (item.path("type").asString("").equals("function_call")) {
            CallItem call = new CallItem(place);
            ObjectNode told = WireJson.object().put("id", item.path("call_id").asString(""));
            told.putObject("function")
                    .put("name", item.path("name").asString(""))
                    .put("arguments", item.path("arguments").asString(""));
            told.set("extra_content", item.path("extra_content"));
            call.add(told);
            call.close(complete);
            return;
        }
        MessageItem message =
                new MessageItem(place, item.path("type").asString("").equals("reasoning"));
        for (JsonNode part : item.path("content").values()) {
            message.retell(part);
        }
        message.close(complete);
    }
}
