package io.weir.orchestration.cache;

import io.weir.orchestration.dialect.SseSplitter;
import io.weir.orchestration.dialect.WireJson;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Puts the chunks of a stream together to the completion that they tell. Gives up where something is told that a
/// completion would not have, or too much. For one thread at a time.
public final class StreamedCompletion {

    private static final Set<String> OF_DELTAS = Set.of("role", "content", "reasoning_content", "tool_calls");

    private final long most;
    private final SseSplitter splitter = new SseSplitter();
    private final Map<Integer, Choice> choices = new TreeMap<>();
    private @Nullable ObjectNode head;
    private long size;
    private boolean lost;

    private static final class Choice {

        private final StringBuilder content = new StringBuilder();
        private final StringBuilder thoughts = new StringBuilder();
        private final Map<Integer, ToolCall> calls = new TreeMap<>();
        private String finish = "";
    }

    private static final class ToolCall {

        private String id = "";
        private String name = "";
        private final StringBuilder arguments = new StringBuilder();
    }

    /// @param most characters that are kept
    public StreamedCompletion(long most) {
        this.most = most;
    }

    /// Takes whole frames of chunks.
    public void take(byte[] frames) {
        if (lost) {
            return;
        }
        try {
            for (SseSplitter.Event event : splitter.feed(frames)) {
                chunk(WireJson.read(event.data()));
            }
        } catch (JacksonException | IllegalStateException broken) {
            lose();
        }
    }

    private void lose() {
        lost = true;
        choices.clear();
    }

    private void chunk(JsonNode chunk) {
        if (head == null) {
            head = WireJson.object();
            head.set("id", chunk.path("id"));
            head.put("object", "chat.completion");
            head.set("created", chunk.path("created"));
            head.set("model", chunk.path("model"));
            if (chunk.path("system_fingerprint").isString()) {
                head.set("system_fingerprint", chunk.path("system_fingerprint"));
            }
        }
        for (JsonNode part : chunk.path("choices").values()) {
            Choice choice = choices.computeIfAbsent(part.path("index").asInt(0), index -> new Choice());
            delta(choice, part.path("delta"));
            choice.finish = part.path("finish_reason").asString(choice.finish);
            if (!isNothing(part.path("logprobs"))) {
                lose();
            }
        }
        if (size > most) {
            lose();
        }
    }

    private void delta(Choice choice, JsonNode delta) {
        delta.properties().forEach(field -> {
            if (!OF_DELTAS.contains(field.getKey()) && !isNothing(field.getValue())) {
                lost = true;
            }
        });
        append(choice.content, delta.path("content"));
        append(choice.thoughts, delta.path("reasoning_content"));
        for (JsonNode told : delta.path("tool_calls").values()) {
            ToolCall call = choice.calls.computeIfAbsent(told.path("index").asInt(0), index -> new ToolCall());
            call.id = call.id.isEmpty() ? told.path("id").asString("") : call.id;
            JsonNode function = told.path("function");
            call.name = call.name.isEmpty() ? function.path("name").asString("") : call.name;
            append(call.arguments, function.path("arguments"));
            lost |= !told.path("type").asString("function").equals("function");
        }
    }

    private void append(StringBuilder all, JsonNode text) {
        if (text.isString()) {
            size += text.asString().length();
            all.append(text.asString());
        } else if (!isNothing(text)) {
            lost = true;
        }
    }

    static boolean isNothing(JsonNode node) {
        return node.isMissingNode() || node.isNull() || (node.isContainer() && node.isEmpty());
    }

    /// The completion; empty where it cannot be told from the stream.
    public Optional<byte[]> whole() {
        ObjectNode completion = head;
        if (lost || completion == null || choices.isEmpty()) {
            return Optional.empty();
        }
        ArrayNode all = completion.putArray("choices");
        choices.forEach((index, choice) -> {
            ObjectNode json = all.addObject();
            json.put("index", index);
            json.set("message", message(choice));
            json.putNull("logprobs");
            json.put("finish_reason", choice.finish);
        });
        return Optional.of(WireJson.write(completion));
    }

    private static ObjectNode message(Choice choice) {
        ObjectNode message = WireJson.object();
        message.put("role", "assistant");
        if (choice.content.isEmpty() && !choice.calls.isEmpty()) {
            message.putNull("content");
        } else {
            message.put("content", choice.content.toString());
        }
        message.putNull("refusal");
        if (!choice.thoughts.isEmpty()) {
            message.put("reasoning_content", choice.thoughts.toString());
        }
        if (!choice.calls.isEmpty()) {
            ArrayNode calls = message.putArray("tool_calls");
            choice.calls.values().forEach(call -> {
                ObjectNode json = calls.addObject();
                json.put("id", call.id);
                json.put("type", "function");
                json.putObject("function").put("name", call.name).put("arguments", call.arguments.toString());
            });
        }
        return message;
    }
}
