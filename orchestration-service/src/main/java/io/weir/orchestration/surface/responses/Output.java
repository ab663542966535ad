package io.weir.orchestration.surface.responses;

import io.weir.orchestration.dialect.WireJson;
import io.weir.orchestration.surface.responses.MessageItem.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/// The items of one response as they grow. Calls stay open until the output ends, since their arguments may come in
/// turns. For one thread at a time.
final class Output {

    private final String id;
    private final Events events;
    private final List<Item> items = new ArrayList<>();
    private final Map<Integer, CallItem> calls = new HashMap<>();
    // What is being said or thought; null: nothing is.
    private @Nullable MessageItem spoken;

    /// @param id that its items' ids are made from
    Output(String id, Events events) {
        this.id = id;
        this.events = events;
    }

    /// Takes a whole message of a chat completion.
    void whole(JsonNode message, JsonNode logprobs) {
        delta(message, logprobs);
    }

    /// Takes a message's delta.
    ///
    /// @param logprobs of its text
    void delta(JsonNode delta, JsonNode logprobs) {
        JsonNode thought = delta.path("reasoning_content");
        String thoughts =
                thought.asString("").isEmpty() ? delta.path("reasoning").asString("") : thought.asString("");
        say(Kind.REASONING, thoughts, WireJson.object());
        say(Kind.TEXT, delta.path("content").asString(""), logprobs);
        say(Kind.REFUSAL, delta.path("refusal").asString(""), WireJson.object());
        int position = 0;
        for (JsonNode call : delta.path("tool_calls").values()) {
            call(call.path("index").asInt(position), call);
            position++;
        }
    }

    private void say(Kind kind, String text, JsonNode logprobs) {
        if (!text.isEmpty()) {
            message(kind == Kind.REASONING).add(kind, text, logprobs);
        }
    }

    private MessageItem message(boolean thinks) {
        MessageItem going = spoken;
        if (going == null || going.thinks() != thinks) {
            silence(true);
            going = new MessageItem(place(thinks ? "rs_" : "msg_"), thinks);
            items.add(going);
            spoken = going;
        }
        return going;
    }

    private void silence(boolean complete) {
        if (spoken != null) {
            spoken.close(complete);
            spoken = null;
        }
    }

    private void call(int index, JsonNode call) {
        CallItem item = calls.get(index);
        if (item == null) {
            silence(true);
            item = new CallItem(place("fc_"));
            items.add(item);
            calls.put(index, item);
        }
        item.add(call);
    }

    private Place place(String kind) {
        return new Place(kind + id + "_" + items.size(), items.size(), events);
    }

    /// Closes what is open. An output that is complete says something, if only nothing.
    void end(Ending ending) {
        if (items.isEmpty() && ending.isComplete()) {
            message(false).begin(Kind.TEXT);
        }
        spoken = null;
        int last = items.size() - 1;
        for (int i = 0; i <= last; i++) {
            if (items.get(i).isOpen()) {
                items.get(i).close(ending.isComplete() || i < last);
            }
        }
        calls.clear();
    }

    /// What is open stays as it is.
    void breakOff() {
        items.stream().filter(Item::isOpen).forEach(Item::breakOff);
    }

    ArrayNode items() {
        ArrayNode all = WireJson.array();
        items.forEach(item -> all.add(item.json()));
        return all;
    }
}
