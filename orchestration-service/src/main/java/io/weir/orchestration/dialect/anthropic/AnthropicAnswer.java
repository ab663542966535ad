package io.weir.orchestration.dialect.anthropic;

import io.weir.orchestration.dialect.AnswerIdentity;
import io.weir.orchestration.dialect.FinishReason;
import io.weir.orchestration.dialect.OpenAiAnswer;
import io.weir.orchestration.dialect.PlainAnswer;
import io.weir.orchestration.dialect.ToolCall;
import io.weir.orchestration.dialect.WireJson;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/// A whole message as OpenAI's chat completion. Thoughts are left out; their tokens are within the output's.
final class AnthropicAnswer {

    private AnthropicAnswer() {}

    static Optional<PlainAnswer> read(byte[] body, AnswerIdentity identity) {
        try {
            JsonNode message = WireJson.read(body);
            return message.path("type").asString("").equals("message")
                            && message.path("content").isArray()
                    ? Optional.of(translated(message, identity))
                    : Optional.empty();
        } catch (JacksonException notJson) {
            return Optional.empty();
        }
    }

    private static PlainAnswer translated(JsonNode message, AnswerIdentity identity) {
        OpenAiAnswer.Choice choice = new OpenAiAnswer.Choice();
        for (JsonNode block : message.path("content").values()) {
            switch (block.path("type").asString("")) {
                case "text" -> choice.text(block.path("text").asString(""));
                case "thinking" -> choice.thought(block.path("thinking").asString(""));
                case "tool_use" -> choice.call(call(block));
                default -> {}
            }
        }
        AnswerIdentity known = new AnswerIdentity(
                message.path("id").asString(identity.id()),
                message.path("model").asString(identity.model()),
                identity.created());
        FinishReason finish = finish(message.path("stop_reason").asString(""));
        return new OpenAiAnswer(known).add(0, choice, finish).with(AnthropicUsage.read(message.path("usage"), true));
    }

    private static ToolCall call(JsonNode block) {
        JsonNode input = block.path("input");
        return new ToolCall(
                block.path("id").asString(""),
                block.path("name").asString(""),
                input.isObject() ? WireJson.text(input) : "{}",
                null);
    }

    /// `end_turn`, `stop_sequence`, `pause_turn`, and whatever comes in future, are an ordinary end.
    static FinishReason finish(String stopReason) {
        return switch (stopReason) {
            case "max_tokens", "model_context_window_exceeded" -> FinishReason.LENGTH;
            case "tool_use" -> FinishReason.TOOL_CALLS;
            case "refusal" -> FinishReason.CONTENT_FILTER;
            default -> FinishReason.STOP;
        };
    }
}
