package io.weir.orchestration.dialect.gemini;

import io.weir.orchestration.dialect.FinishReason;
import io.weir.orchestration.dialect.ToolCall;
import io.weir.orchestration.dialect.WireJson;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What whole answers and streams have in common.
final class GeminiParts {

    private static final Pattern NOT_IN_IDS = Pattern.compile("[^a-zA-Z0-9]");

    private GeminiParts() {}

    /// What a part says to the user; a thought says nothing.
    static String text(JsonNode part) {
        return part.path("thought").asBoolean(false) ? "" : part.path("text").asString("");
    }

    /// A tool call. Its id is of our making: one for each call of each answer.
    static ToolCall call(JsonNode part, String answerId, int choice, int position) {
        JsonNode asked = part.path("functionCall");
        JsonNode args = asked.path("args");
        String id = "call_" + NOT_IN_IDS.matcher(answerId).replaceAll("") + "_" + choice + "_" + position;
        return new ToolCall(
                id, asked.path("name").asString(""), args.isObject() ? WireJson.text(args) : "{}", signature(part));
    }

    // As Google's own OpenAI endpoint hands it out and takes it back.
    private static @Nullable ObjectNode signature(JsonNode part) {
        String signature = part.path("thoughtSignature").asString("");
        if (signature.isEmpty()) {
            return null;
        }
        ObjectNode extra = WireJson.object();
        extra.putObject("google").put("thought_signature", signature);
        return extra;
    }

    /// Why the prompt was blocked; empty: it was not.
    static String blocked(JsonNode answer) {
        return answer.path("promptFeedback").path("blockReason").asString("");
    }

    static String refusal(String blockReason) {
        return "gemini blocked the prompt: " + blockReason;
    }

    /// What does not stand here, such as `OTHER` and `MALFORMED_FUNCTION_CALL`, is an end without a better word.
    static FinishReason finish(String finishReason, boolean calls) {
        return switch (finishReason) {
            case "MAX_TOKENS" -> FinishReason.LENGTH;
            case "SAFETY",
                    "RECITATION",
                    "BLOCKLIST",
                    "PROHIBITED_CONTENT",
                    "SPII",
                    "IMAGE_SAFETY",
                    "IMAGE_PROHIBITED_CONTENT",
                    "IMAGE_RECITATION" -> FinishReason.CONTENT_FILTER;
            default -> calls ? FinishReason.TOOL_CALLS : FinishReason.STOP;
        };
    }
}
