package io.weir.orchestration.dialect;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// Writes a stream in OpenAI's form: one identity throughout, the role in a choice's first chunk, the finish alone. For
/// one stream and one thread at a time.
public final class OpenAiChunks {

    private static final byte[] PREFIX = "data: ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] END = "\n\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] DONE = "data: [DONE]\n\n".getBytes(StandardCharsets.US_ASCII);

    private final Set<Integer> begun = new HashSet<>();
    private ByteArrayOutputStream out = new ByteArrayOutputStream();
    private AnswerIdentity identity;

    public OpenAiChunks(AnswerIdentity identity) {
        this.identity = identity;
    }

    /// The provider's own words for what the answer is. Counts only before the first chunk.
    public void identify(String id, String model) {
        if (begun.isEmpty()) {
            identity = new AnswerIdentity(
                    id.isEmpty() ? identity.id() : id, model.isEmpty() ? identity.model() : model, identity.created());
        }
    }

    public AnswerIdentity identity() {
        return identity;
    }

    public void text(int choice, String text) {
        if (!text.isEmpty()) {
            chunk(choice, WireJson.object().put("content", text), null);
        }
    }

    /// As those name it who show thoughts.
    public void thought(int choice, String thought) {
        if (!thought.isEmpty()) {
            chunk(choice, WireJson.object().put("reasoning_content", thought), null);
        }
    }

    public void refusal(int choice, String why) {
        chunk(choice, WireJson.object().put("refusal", why), null);
    }

    /// The beginning of a tool call, with as much of its arguments as there is.
    public void call(int choice, int index, ToolCall call) {
        ObjectNode delta = WireJson.object();
        ObjectNode json = call.json();
        json.put("index", index);
        delta.putArray("tool_calls").add(json);
        chunk(choice, delta, null);
    }

    public void arguments(int choice, int index, String more) {
        if (more.isEmpty()) {
            return;
        }
        ObjectNode delta = WireJson.object();
        ObjectNode call = delta.putArray("tool_calls").addObject();
        call.put("index", index);
        call.putObject("function").put("arguments", more);
        chunk(choice, delta, null);
    }

    public void finish(int choice, FinishReason reason) {
        chunk(choice, WireJson.object(), reason);
    }

    /// The provider's stream is no good; nothing may follow.
    public void failure() {
        ObjectNode event = WireJson.object();
        event.putObject("error").put("message", "the provider broke off the answer");
        frame(event);
    }

    public void done() {
        out.writeBytes(DONE);
    }

    /// What was written since the last call.
    public byte[] drain() {
        byte[] written = out.toByteArray();
        if (written.length > 0) {
            out = new ByteArrayOutputStream();
        }
        return written;
    }

    private void chunk(int choice, ObjectNode delta, @Nullable FinishReason finish) {
        if (begun.add(choice)) {
            chunk(choice, WireJson.object().put("role", "assistant").put("content", ""), null);
        }
        ObjectNode chunk = WireJson.object();
        chunk.put("id", identity.id());
        chunk.put("object", "chat.completion.chunk");
        chunk.put("created", identity.created());
        chunk.put("model", identity.model());
        ObjectNode json = chunk.putArray("choices").addObject();
        json.put("index", choice);
        json.set("delta", delta);
        json.put("finish_reason", finish == null ? null : finish.wireName());
        frame(chunk);
    }

    private void frame(ObjectNode event) {
        out.writeBytes(PREFIX);
        out.writeBytes(WireJson.write(event));
        out.writeBytes(END);
    }
}
