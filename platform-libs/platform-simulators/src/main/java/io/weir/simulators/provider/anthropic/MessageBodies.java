package io.weir.simulators.provider.anthropic;

import io.weir.simulators.provider.answer.Answer;
import io.weir.simulators.provider.answer.PromptUse;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// A message on the wire, whole.
final class MessageBodies {

    private static final JsonMapper JSON = JsonMapper.shared();

    private MessageBodies() {}

    static String whole(Message message, boolean usageMissing) {
        ObjectNode body = envelope(message);
        ObjectNode block = body.withArray("content").addObject();
        switch (message.answer().content()) {
            case Answer.Text text -> block.put("type", "text").put("text", String.join("", text.pieces()));
            case Answer.Call call -> {
                block.put("type", "tool_use").put("id", message.callId()).put("name", call.function());
                block.set("input", input(call));
            }
        }
        body.put("stop_reason", message.stopReason())
                .put("stop_sequence", message.answer().stoppedBy());
        if (!usageMissing) {
            body.set("usage", usage(message, message.answer().tokens()));
        }
        return body.toString();
    }

    /// Its head, with no content yet.
    static ObjectNode envelope(Message message) {
        ObjectNode envelope = JSON.createObjectNode()
                .put("id", message.id())
                .put("type", "message")
                .put("role", "assistant")
                .put("model", message.model());
        envelope.putArray("content");
        return envelope;
    }

    /// Anthropic's `input_tokens` are those neither read from the cache nor written to it.
    static ObjectNode usage(Message message, int outputTokens) {
        PromptUse prompt = message.prompt();
        ObjectNode usage = JSON.createObjectNode()
                .put("input_tokens", prompt.fresh())
                .put("cache_creation_input_tokens", prompt.written())
                .put("cache_read_input_tokens", prompt.cached());
        usage.putObject("cache_creation")
                .put("ephemeral_5m_input_tokens", message.longLived() ? 0 : prompt.written())
                .put("ephemeral_1h_input_tokens", message.longLived() ? prompt.written() : 0);
        usage.put("output_tokens", outputTokens);
        int thought = message.answer().reasoningTokens();
        if (thought > 0) {
            usage.putObject("output_tokens_details").put("thinking_tokens", Math.min(thought, outputTokens));
        }
        return usage.put("service_tier", "standard");
    }

    // A call that the limit cut short has no whole arguments; Anthropic then shows none.
    private static ObjectNode input(Answer.Call call) {
        String arguments = String.join("", call.pieces());
        try {
            return (ObjectNode) JSON.readTree(arguments);
        } catch (JacksonException cutShort) {
            return JSON.createObjectNode();
        }
    }
}
