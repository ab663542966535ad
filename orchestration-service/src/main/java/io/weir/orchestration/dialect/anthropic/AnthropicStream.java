package io.weir.orchestration.dialect.anthropic;

import io.weir.orchestration.dialect.AnswerIdentity;
import io.weir.orchestration.dialect.OpenAiChunks;
import io.weir.orchestration.dialect.ReportedUsage;
import io.weir.orchestration.dialect.SseSplitter;
import io.weir.orchestration.dialect.StreamTranslation;
import io.weir.orchestration.dialect.ToolCall;
import io.weir.orchestration.dialect.WireJson;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A stream of message events as OpenAI's chunks. The first chunk comes with the first content, so that an error that
/// follows `message_start` at once is still an answer of its own. Unknown events are passed over, as Anthropic asks.
final class AnthropicStream implements StreamTranslation {

    private final SseSplitter splitter = new SseSplitter();
    private final OpenAiChunks chunks;
    // By the content block's index: the position of its tool call.
    private final Map<Integer, Integer> calls = new HashMap<>();
    private final boolean thoughts;
    private @Nullable ObjectNode usage;
    private boolean counted;
    private boolean failed;

    /// @param thoughts whether the client sees them, so that they are part of what came
    AnthropicStream(AnswerIdentity identity, boolean thoughts) {
        this.chunks = new OpenAiChunks(identity);
        this.thoughts = thoughts;
    }

    @Override
    public byte[] translate(byte[] bytes) {
        try {
            for (SseSplitter.Event event : splitter.feed(bytes)) {
                if (!failed) {
                    take(WireJson.read(event.data()));
                }
            }
        } catch (JacksonException | IllegalStateException noEvent) {
            fail();
        }
        return chunks.drain();
    }

    private void fail() {
        if (!failed) {
            failed = true;
            chunks.failure();
        }
    }

    private void take(JsonNode event) {
        String type = event.path("type").asString("");
        switch (type) {
            case "message_start" -> start(event.path("message"));
            case "content_block_start" -> block(event.path("index").asInt(0), event.path("content_block"));
            case "content_block_delta" -> delta(event.path("index").asInt(0), event.path("delta"));
            case "message_delta" -> messageDelta(event);
            case "message_stop" -> chunks.done();
            case "error", "" -> fail();
            default -> {}
        }
    }

    private void start(JsonNode message) {
        chunks.identify(message.path("id").asString(""), message.path("model").asString(""));
        if (message.path("usage") instanceof ObjectNode begun) {
            usage = begun.deepCopy();
        }
    }

    private void block(int index, JsonNode block) {
        switch (block.path("type").asString("")) {
            case "text" -> chunks.text(0, block.path("text").asString(""));
            case "tool_use" -> {
                int position = calls.size();
                calls.put(index, position);
                String whole = block.path("input").isEmpty() ? "" : WireJson.text(block.path("input"));
                ToolCall call = new ToolCall(
                        block.path("id").asString(""), block.path("name").asString(""), whole, null);
                chunks.call(0, position, call);
            }
            default -> {}
        }
    }

    private void delta(int index, JsonNode delta) {
        switch (delta.path("type").asString("")) {
            case "text_delta" -> chunks.text(0, delta.path("text").asString(""));
            case "thinking_delta" -> {
                if (thoughts) {
                    chunks.thought(0, delta.path("thinking").asString(""));
                }
            }
            case "input_json_delta" -> {
                Integer position = calls.get(index);
                if (position != null) {
                    chunks.arguments(0, position, delta.path("partial_json").asString(""));
                }
            }
            default -> {}
        }
    }

    // Its counts are cumulative and stand for those of the start.
    private void messageDelta(JsonNode event) {
        if (event.path("usage") instanceof ObjectNode told) {
            ObjectNode known = usage == null ? WireJson.object() : usage;
            for (String field : told.propertyNames()) {
                if (!told.path(field).isNull()) {
                    known.set(field, told.path(field));
                }
            }
            usage = known;
        }
        String reason = event.path("delta").path("stop_reason").asString("");
        if (!reason.isEmpty()) {
            counted = event.path("usage").path("output_tokens").isIntegralNumber();
            chunks.finish(0, AnthropicAnswer.finish(reason));
        }
    }

    @Override
    public Optional<ReportedUsage> usage(@Nullable JsonNode inChunks) {
        return usage == null ? Optional.empty() : AnthropicUsage.read(usage, counted);
    }
}
