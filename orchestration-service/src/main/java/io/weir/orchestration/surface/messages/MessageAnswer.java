package io.weir.orchestration.surface.messages;

import io.weir.orchestration.dialect.AnswerIdentity;
import io.weir.orchestration.dialect.WireJson;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A whole chat completion as a message.
final class MessageAnswer {

    private MessageAnswer() {}

    static byte[] of(byte[] completion, AnswerIdentity identity) {
        JsonNode answer = WireJson.read(completion);
        JsonNode choice = answer.path("choices").path(0);
        JsonNode said = choice.path("message");
        ObjectNode message =
                begun(text(answer.path("id"), identity.id()), text(answer.path("model"), identity.model()));
        ArrayNode content = message.putArray("content");
        thoughts(said, content);
        String refusal = said.path("refusal").asString("");
        text(said.path("content"), content);
        if (!refusal.isEmpty()) {
            content.addObject().put("type", "text").put("text", refusal);
        }
        boolean calls = calls(said.path("tool_calls"), content);
        message.put("stop_reason", StopReason.of(choice.path("finish_reason").asString(""), calls, !refusal.isEmpty()));
        message.putNull("stop_sequence");
        message.set("usage", MessageUsage.of(answer.path("usage")));
        return WireJson.write(message);
    }

    /// What a message says of itself.
    static ObjectNode begun(String id, String model) {
        return WireJson.object()
                .put("id", MessageId.of(id))
                .put("type", "message")
                .put("role", "assistant")
                .put("model", model);
    }

    /// A message of which nothing was said yet.
    static ObjectNode opening(String id, String model) {
        ObjectNode message = begun(id, model);
        message.putArray("content");
        message.putNull("stop_reason");
        message.putNull("stop_sequence");
        message.set("usage", MessageUsage.of(WireJson.object()));
        return message;
    }

    /// A string that says something, or else the other.
    static String text(JsonNode said, String otherwise) {
        String text = said.asString("");
        return text.isEmpty() ? otherwise : text;
    }

    private static void thoughts(JsonNode said, ArrayNode content) {
        String thoughts = Thoughts.in(said);
        if (!thoughts.isEmpty()) {
            content.addObject()
                    .put("type", "thinking")
                    .put("thinking", thoughts)
                    .put("signature", "");
        }
    }

    private static void text(JsonNode text, ArrayNode content) {
        if (!text.asString("").isEmpty()) {
            content.addObject().put("type", "text").put("text", text.asString(""));
        }
    }

    private static boolean calls(JsonNode calls, ArrayNode content) {
        boolean any = false;
        for (JsonNode call : calls.isArray() ? calls.values() : WireJson.array().values()) {
            any = true;
            String id = text(call.path("id"), "toolu_" + content.size());
            content.addObject()
                    .put("type", "tool_use")
                    .put("id", id)
                    .put("name", call.path("function").path("name").asString(""))
                    .set("input", input(call.path("function").path("arguments").asString("")));
        }
        return any;
    }

    // As Anthropic asks for what a model wrote that is no JSON.
    private static JsonNode input(String arguments) {
        if (arguments.isBlank()) {
            return WireJson.object();
        }
        try {
            JsonNode input = WireJson.readPart(arguments);
            if (input.isObject()) {
                return input;
            }
        } catch (JacksonException notJson) {
            return invalid(arguments);
        }
        return invalid(arguments);
    }

    private static JsonNode invalid(String arguments) {
        return WireJson.object().put("INVALID_JSON", arguments);
    }
}
