package io.weir.orchestration.dialect.anthropic;

import io.weir.orchestration.dialect.Picture;
import io.weir.orchestration.dialect.WireJson;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Messages in Anthropic's form: system prompts apart, tool results as the user's, one message per turn, no empty text.
final class AnthropicMessages {

    private static final Pattern NOT_IN_IDS = Pattern.compile("[^a-zA-Z0-9_-]");

    private final ArrayNode system = WireJson.array();
    private final ArrayNode messages = WireJson.array();
    private String role = "";
    private ArrayNode blocks = WireJson.array();

    private AnthropicMessages() {}

    static void write(JsonNode messages, ObjectNode body) {
        AnthropicMessages translated = new AnthropicMessages();
        messages.values().forEach(translated::add);
        if (!translated.system.isEmpty()) {
            body.set("system", translated.system);
        }
        body.set("messages", translated.messages);
    }

    private void add(JsonNode message) {
        switch (message.path("role").asString("")) {
            case "system", "developer" -> content(message, system);
            case "assistant" -> {
                ArrayNode said = WireJson.array();
                content(message, said);
                message.path("tool_calls").values().forEach(call -> said.add(toolUse(call)));
                append("assistant", said);
            }
            case "tool" -> append("user", WireJson.array().add(toolResult(message)));
            default -> {
                ArrayNode said = WireJson.array();
                content(message, said);
                append("user", said);
            }
        }
    }

    private void append(String speaker, ArrayNode said) {
        if (said.isEmpty()) {
            return;
        }
        if (!speaker.equals(role)) {
            role = speaker;
            blocks = messages.addObject().put("role", speaker).putArray("content");
        }
        blocks.addAll(said);
    }

    private static void content(JsonNode message, ArrayNode blocks) {
        JsonNode content = message.path("content");
        if (content.isString()) {
            text(content.stringValue()).ifPresent(blocks::add);
        }
        for (JsonNode part : content.isArray() ? content.values() : List.<JsonNode>of()) {
            block(part).ifPresent(block -> {
                AnthropicRequest.copyCacheControl(part, block);
                blocks.add(block);
            });
        }
    }

    private static Optional<ObjectNode> block(JsonNode part) {
        return switch (part.path("type").asString("")) {
            case "image_url" -> Picture.of(part).map(AnthropicMessages::image);
            case "refusal" -> text(part.path("refusal").asString(""));
            default -> text(part.path("text").asString(""));
        };
    }

    private static Optional<ObjectNode> text(String text) {
        return text.isEmpty()
                ? Optional.empty()
                : Optional.of(WireJson.object().put("type", "text").put("text", text));
    }

    private static ObjectNode image(Picture picture) {
        ObjectNode image = WireJson.object().put("type", "image");
        ObjectNode source = image.putObject("source");
        switch (picture) {
            case Picture.Inline(String mediaType, String data) ->
                source.put("type", "base64").put("media_type", mediaType).put("data", data);
            case Picture.Remote(String url) -> source.put("type", "url").put("url", url);
        }
        return image;
    }

    private static ObjectNode toolUse(JsonNode call) {
        JsonNode function = call.path("function");
        String arguments = function.path("arguments").asString("");
        ObjectNode block = WireJson.object().put("type", "tool_use");
        block.put("id", id(call.path("id")));
        block.put("name", function.path("name").asString(""));
        block.set("input", arguments.isBlank() ? WireJson.object() : WireJson.read(arguments));
        return block;
    }

    private static ObjectNode toolResult(JsonNode message) {
        ObjectNode result = WireJson.object().put("type", "tool_result");
        result.put("tool_use_id", id(message.path("tool_call_id")));
        ArrayNode content = WireJson.array();
        content(message, content);
        if (!content.isEmpty()) {
            result.set("content", content);
        }
        return result;
    }

    // Ids of other providers' calls may hold what Anthropic refuses.
    private static String id(JsonNode id) {
        return NOT_IN_IDS.matcher(id.asString("")).replaceAll("_");
    }
}
