package io.weir.orchestration.surface.responses;

import io.weir.orchestration.dialect.WireJson;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What the model says, or what it thinks: an item of parts that grow one after the other.
final class MessageItem implements Item {

    /// What a part is called in its own fields and in its events.
    enum Kind {
        TEXT("output_text", "text", "response.output_text"),
        REFUSAL("refusal", "refusal", "response.refusal"),
        REASONING("reasoning_text", "text", "response.reasoning_text");

        private final String type;
        private final String field;
        private final String events;

        Kind(String type, String field, String events) {
            this.type = type;
            this.field = field;
            this.events = events;
        }
    }

    private static final class Part {

        private final Kind kind;
        private final StringBuilder text = new StringBuilder();
        private final ArrayNode logprobs = WireJson.array();

        private Part(Kind kind) {
            this.kind = kind;
        }

        private ObjectNode json() {
            ObjectNode json = WireJson.object().put("type", kind.type).put(kind.field, text.toString());
            if (kind == Kind.TEXT) {
                json.putArray("annotations");
                json.set("logprobs", logprobs.deepCopy());
            }
            return json;
        }
    }

    private final Place place;
    private final boolean thinks;
    private final List<Part> parts = new ArrayList<>(1);
    private String status = "in_progress";

    /// @param thinks whether it is reasoning
    MessageItem(Place place, boolean thinks) {
        this.place = place;
        this.thinks = thinks;
        place.item("response.output_item.added", json());
    }

    boolean thinks() {
        return thinks;
    }

    /// @param logprobs of the tokens of this text; anything but an array: none
    void add(Kind kind, String text, JsonNode logprobs) {
        Part part = part(kind);
        part.text.append(text);
        ObjectNode event = place.part(parts.size() - 1).put("delta", text);
        if (kind == Kind.TEXT) {
            ArrayNode likely = Logprobs.of(logprobs);
            part.logprobs.addAll(likely);
            event.set("logprobs", likely);
        }
        place.events().emit(kind.events + ".delta", event);
    }

    /// A part that is whole.
    void retell(JsonNode part) {
        String type = part.path("type").asString("");
        for (Kind kind : Kind.values()) {
            if (kind.type.equals(type)) {
                begin(kind);
                String text = part.path(kind.field).asString("");
                if (!text.isEmpty()) {
                    add(kind, text, part.path("logprobs"));
                }
            }
        }
    }

    /// Begins the part if it is not the last one.
    private Part part(Kind kind) {
        if (!parts.isEmpty() && parts.getLast().kind == kind) {
            return parts.getLast();
        }
        closePart();
        Part part = new Part(kind);
        parts.add(part);
        partEvent("response.content_part.added", part);
        return part;
    }

    /// A part that may stay empty.
    void begin(Kind kind) {
        part(kind);
    }

    private void closePart() {
        if (parts.isEmpty()) {
            return;
        }
        Part part = parts.getLast();
        ObjectNode done = place.part(parts.size() - 1).put(part.kind.field, part.text.toString());
        if (part.kind == Kind.TEXT) {
            done.set("logprobs", part.logprobs.deepCopy());
        }
        place.events().emit(part.kind.events + ".done", done);
        partEvent("response.content_part.done", part);
    }

    private void partEvent(String type, Part part) {
        ObjectNode event = place.part(parts.size() - 1);
        event.set("part", part.json());
        place.events().emit(type, event);
    }

    @Override
    public boolean isOpen() {
        return status.equals("in_progress");
    }

    @Override
    public void close(boolean complete) {
        closePart();
        status = complete ? "completed" : "incomplete";
        place.item("response.output_item.done", json());
    }

    @Override
    public void breakOff() {
        status = "incomplete";
    }

    @Override
    public ObjectNode json() {
        ObjectNode json = WireJson.object().put("id", place.id());
        json.put("type", thinks ? "reasoning" : "message").put("status", status);
        if (thinks) {
            json.putArray("summary");
        } else {
            json.put("role", "assistant");
        }
        ArrayNode content = json.putArray("content");
        parts.forEach(part -> content.add(part.json()));
        return json;
    }
}
