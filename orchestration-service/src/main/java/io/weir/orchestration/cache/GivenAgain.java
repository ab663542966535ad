package io.weir.orchestration.cache;

import io.weir.orchestration.dialect.WireJson;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A completion that may be given to several requests: whole or as a stream, to each under an id of its own. Immutable
/// in effect; for one thread at a time.
public final class GivenAgain {

    private static final byte[] DATA = "data: ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] END = "\n\n".getBytes(StandardCharsets.US_ASCII);
    private static final Set<String> ENDINGS = Set.of("stop", "tool_calls");
    private static final Set<String> OF_MESSAGES = Set.of("role", "content", "reasoning_content", "tool_calls");

    private final ObjectNode completion;

    private GivenAgain(ObjectNode completion) {
        this.completion = completion;
    }

    /// Empty where it is no good to others: not ended by itself, refused, empty, or with more than text and calls of
    /// functions.
    ///
    /// @param usage where it tells none
    public static Optional<GivenAgain> of(byte[] body, JsonNode usage) {
        try {
            if (!(WireJson.read(body) instanceof ObjectNode completion) || !isGood(completion.path("choices"))) {
                return Optional.empty();
            }
            if (!completion.path("usage").isObject()) {
                completion.set("usage", usage);
            }
            return Optional.of(new GivenAgain(completion));
        } catch (JacksonException broken) {
            return Optional.empty();
        }
    }

    /// The same under an id of its own, as if it was given now.
    ///
    /// @param created seconds since the epoch
    public static GivenAgain of(CachedAnswer answer, String id, long created) {
        ObjectNode completion = (ObjectNode) WireJson.read(answer.completion());
        completion.put("id", id);
        completion.put("created", created);
        return new GivenAgain(completion);
    }

    private static boolean isGood(JsonNode choices) {
        for (JsonNode choice : choices.values()) {
            JsonNode message = choice.path("message");
            boolean says = !message.path("content").asString("").isBlank()
                    || !message.path("tool_calls").isEmpty();
            boolean knows = message.properties().stream()
                    .allMatch(field ->
                            OF_MESSAGES.contains(field.getKey()) || StreamedCompletion.isNothing(field.getValue()));
            boolean calls = message.path("tool_calls").values().stream()
                    .allMatch(call -> call.path("type").asString("function").equals("function"));
            if (!ENDINGS.contains(choice.path("finish_reason").asString("")) || !says || !knows || !calls) {
                return false;
            }
        }
        return !choices.isEmpty();
    }

    /// In OpenAI's form.
    public byte[] whole() {
        return WireJson.write(completion);
    }

    /// As the frames of a stream, without its end.
    ///
    /// @param cost in the chunk that tells the usage; null: it is not told
    public byte[] frames(@Nullable String cost) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (JsonNode choice : completion.path("choices").values()) {
            JsonNode message = choice.path("message");
            ObjectNode role = WireJson.object().put("role", "assistant").put("content", "");
            frame(chunk(choice, role, null, null), out);
            text(choice, message, "reasoning_content", out);
            text(choice, message, "content", out);
            calls(choice, message.path("tool_calls"), out);
            frame(chunk(choice, WireJson.object(), null, choice.path("finish_reason")), out);
        }
        if (cost != null) {
            ObjectNode last = head();
            last.putArray("choices");
            last.set("usage", completion.path("usage"));
            last.put("x_cost_usd", cost);
            frame(last, out);
        }
        return out.toByteArray();
    }

    private void text(JsonNode choice, JsonNode message, String name, ByteArrayOutputStream out) {
        String text = message.path(name).asString("");
        if (!text.isEmpty()) {
            JsonNode logprobs = name.equals("content") ? choice.path("logprobs") : null;
            frame(chunk(choice, WireJson.object().put(name, text), logprobs, null), out);
        }
    }

    private void calls(JsonNode choice, JsonNode calls, ByteArrayOutputStream out) {
        int index = 0;
        for (JsonNode call : calls.values()) {
            ObjectNode told = WireJson.object();
            told.put("index", index);
            told.setAll((ObjectNode) call);
            ObjectNode delta = WireJson.object();
            delta.putArray("tool_calls").add(told);
            frame(chunk(choice, delta, null, null), out);
            index++;
        }
    }

    private ObjectNode head() {
        ObjectNode chunk = WireJson.object();
        chunk.set("id", completion.path("id"));
        chunk.put("object", "chat.completion.chunk");
        chunk.set("created", completion.path("created"));
        chunk.set("model", completion.path("model"));
        if (completion.path("system_fingerprint").isString()) {
            chunk.set("system_fingerprint", completion.path("system_fingerprint"));
        }
        return chunk;
    }

    private ObjectNode chunk(
            JsonNode choice, ObjectNode delta, @Nullable JsonNode logprobs, @Nullable JsonNode finish) {
        ObjectNode chunk = head();
        ObjectNode json = chunk.putArray("choices").addObject();
        json.set("index", choice.path("index"));
        json.set("delta", delta);
        if (logprobs == null || logprobs.isMissingNode()) {
            json.putNull("logprobs");
        } else {
            json.set("logprobs", logprobs);
        }
        if (finish == null) {
            json.putNull("finish_reason");
        } else {
            json.set("finish_reason", finish);
        }
        return chunk;
    }

    private static void frame(ObjectNode chunk, ByteArrayOutputStream out) {
        out.writeBytes(DATA);
        out.writeBytes(WireJson.write(chunk));
        out.writeBytes(END);
    }
}
