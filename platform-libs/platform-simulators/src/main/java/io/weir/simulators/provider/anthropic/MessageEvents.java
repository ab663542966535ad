package io.weir.simulators.provider.anthropic;

import io.weir.simulators.provider.answer.Answer;
import io.weir.simulators.provider.http.StreamScript;
import io.weir.simulators.provider.http.StreamScript.Delta;
import java.util.stream.IntStream;
import reactor.core.publisher.Flux;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// A message as server-sent events: `message_start`, the events of its one content block, `message_delta`,
/// `message_stop`. The prompt's usage comes with the first, the answer's with the last but one.
final class MessageEvents {

    private static final JsonMapper JSON = JsonMapper.shared();

    // What Anthropic says before it knows how long the answer gets.
    private static final int PLACEHOLDER = 1;

    private MessageEvents() {}

    static StreamScript streamed(Message message, boolean usageMissing) {
        int thought = message.answer().reasoningTokens();
        String opening = start(message, usageMissing) + blockStart(message) + event("ping", JSON.createObjectNode());
        String closing = event("content_block_stop", JSON.createObjectNode().put("index", 0))
                + end(message, usageMissing)
                + event("message_stop", JSON.createObjectNode());
        return new StreamScript(
                opening,
                deltas(message.answer().content()),
                closing,
                message.prompt().generating(thought, thought));
    }

    private static String start(Message message, boolean usageMissing) {
        ObjectNode opened =
                MessageBodies.envelope(message).putNull("stop_reason").putNull("stop_sequence");
        if (!usageMissing) {
            opened.set("usage", MessageBodies.usage(message, PLACEHOLDER));
        }
        ObjectNode data = JSON.createObjectNode();
        data.set("message", opened);
        return event("message_start", data);
    }

    private static String blockStart(Message message) {
        ObjectNode data = JSON.createObjectNode().put("index", 0);
        ObjectNode block = data.putObject("content_block");
        switch (message.answer().content()) {
            case Answer.Text text -> block.put("type", "text").put("text", "");
            case Answer.Call call ->
                block.put("type", "tool_use")
                        .put("id", message.callId())
                        .put("name", call.function())
                        .putObject("input");
        }
        return event("content_block_start", data);
    }

    /// One event for each token; that of a tool's name carries no arguments yet, as with Anthropic.
    private static Flux<Delta> deltas(Answer.Content content) {
        return switch (content) {
            case Answer.Text text ->
                Flux.fromStream(() -> text.pieces().stream().map(piece -> delta("text_delta", "text", piece)));
            case Answer.Call call ->
                Flux.fromStream(() -> IntStream.rangeClosed(0, call.pieces().size())
                        .mapToObj(at -> at == 0 ? "" : call.pieces().get(at - 1))
                        .map(piece -> delta("input_json_delta", "partial_json", piece)));
        };
    }

    private static Delta delta(String type, String field, String piece) {
        ObjectNode data = JSON.createObjectNode().put("index", 0);
        data.putObject("delta").put("type", type).put(field, piece);
        return Delta.one(event("content_block_delta", data));
    }

    private static String end(Message message, boolean usageMissing) {
        ObjectNode data = JSON.createObjectNode();
        data.putObject("delta")
                .put("stop_reason", message.stopReason())
                .put("stop_sequence", message.answer().stoppedBy());
        if (!usageMissing) {
            ObjectNode usage = MessageBodies.usage(message, message.answer().tokens());
            data.set("usage", usage.without("service_tier").without("cache_creation"));
        }
        return event("message_delta", data);
    }

    private static String event(String type, ObjectNode data) {
        ObjectNode typed = JSON.createObjectNode().put("type", type);
        typed.setAll(data);
        return "event: " + type + "\ndata: " + typed + "\n\n";
    }
}
