package io.weir.orchestration.surface.messages;

import io.weir.orchestration.dialect.WireJson;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Turns as chat messages: results of tools apart and first, as they answer the message before them; pictures in
/// results as the user's, where every provider takes them. Thoughts are left out: none but who had them can read them.
final class TurnTranslation {

    private static final String FAILED = "Error: ";

    private final ArrayNode out;

    private TurnTranslation(ArrayNode out) {
        this.out = out;
    }

    static void write(Place messages, ArrayNode out) {
        List<Place> turns = messages.required().items();
        if (turns.isEmpty()) {
            throw messages.wrong("At least one message is required. Send one.");
        }
        TurnTranslation translated = new TurnTranslation(out);
        turns.forEach(translated::add);
    }

    private void add(Place turn) {
        turn.object();
        Place content = turn.in("content").required();
        switch (turn.in("role").text()) {
            case "user" -> user(content);
            case "assistant" -> assistant(content);
            default ->
                throw turn.in("role").wrong("Input should be 'user' or 'assistant'. Instructions stand in `system`.");
        }
    }

    private void user(Place content) {
        if (content.json().isString()) {
            out.addObject().put("role", "user").set("content", content.json());
            return;
        }
        ArrayNode parts = WireJson.array();
        boolean answered = false;
        for (Place block : content.items()) {
            switch (block.in("type").text()) {
                case "text" ->
                    parts.add(ContentTranslation.text(block.in("text").text()));
                case "image" -> parts.add(ContentTranslation.image(block));
                case "document" -> parts.add(ContentTranslation.document(block));
                case "tool_result" -> {
                    answered = true;
                    toolResult(block, parts);
                }
                default ->
                    throw block.in("type").wrong("Input should be 'text', 'image', 'document' or 'tool_result'.");
            }
        }
        if (!parts.isEmpty() || !answered) {
            out.addObject().put("role", "user").set("content", ContentTranslation.shortest(parts));
        }
    }

    private void toolResult(Place result, ArrayNode later) {
        String call = result.in("tool_use_id").text();
        Place content = result.in("content");
        ArrayNode said = WireJson.array();
        if (content.json().isString()) {
            said.add(ContentTranslation.text(content.text()));
        } else {
            content.items().forEach(block -> resultBlock(call, block, said, later));
        }
        if (result.in("is_error").flag()) {
            fail(said);
        }
        out.addObject().put("role", "tool").put("tool_call_id", call).set("content", ContentTranslation.shortest(said));
    }

    // Chat completions have no word for it.
    private static void fail(ArrayNode said) {
        if (said.path(0) instanceof ObjectNode first) {
            first.put("text", FAILED + first.path("text").asString(""));
        } else {
            said.add(ContentTranslation.text(FAILED + "the tool said nothing."));
        }
    }

    private static void resultBlock(String call, Place block, ArrayNode said, ArrayNode later) {
        switch (block.in("type").text()) {
            case "text" -> said.add(ContentTranslation.text(block.in("text").text()));
            case "document" -> said.add(ContentTranslation.document(block));
            case "image" -> {
                said.add(ContentTranslation.text("(a picture, which follows)"));
                later.add(ContentTranslation.text("The picture that the tool call " + call + " brought:"));
                later.add(ContentTranslation.image(block));
            }
            default -> throw block.in("type").wrong("Input should be 'text', 'image' or 'document'.");
        }
    }

    private void assistant(Place content) {
        ObjectNode message = WireJson.object().put("role", "assistant");
        if (content.json().isString()) {
            out.add(message.set("content", content.json()));
            return;
        }
        ArrayNode parts = WireJson.array();
        ArrayNode calls = WireJson.array();
        for (Place block : content.items()) {
            switch (block.in("type").text()) {
                case "text" ->
                    parts.add(ContentTranslation.text(block.in("text").text()));
                case "tool_use" -> calls.add(toolUse(block));
                case "thinking", "redacted_thinking" -> {}
                default -> throw block.in("type").wrong("Input should be 'text', 'tool_use' or 'thinking'.");
            }
        }
        if (parts.isEmpty() && !calls.isEmpty()) {
            message.putNull("content");
        } else {
            message.set("content", ContentTranslation.shortest(parts));
        }
        if (!calls.isEmpty()) {
            message.set("tool_calls", calls);
        }
        out.add(message);
    }

    private static ObjectNode toolUse(Place block) {
        ObjectNode call = WireJson.object().put("id", block.in("id").text()).put("type", "function");
        call.putObject("function")
                .put("name", block.in("name").text())
                .put("arguments", WireJson.text(block.in("input").object()));
        return call;
    }
}
