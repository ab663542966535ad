package io.weir.orchestration.dialect.gemini;

import io.weir.orchestration.dialect.Picture;
import io.weir.orchestration.dialect.WireJson;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Messages in Gemini's form: system prompts apart, roles `user` and `model` in turns, tool results by the name of the
/// function that was called.
final class GeminiContents {

    // Stands where a client did not send a thought's signature back, without which newer models refuse a call.
    private static final String NO_SIGNATURE = "skip_thought_signature_validator";

    private final boolean signatures;
    private final ArrayNode system = WireJson.array();
    private final ArrayNode contents = WireJson.array();
    private final Map<String, String> functions = new HashMap<>();
    private String role = "";
    private ArrayNode parts = WireJson.array();

    private GeminiContents(boolean signatures) {
        this.signatures = signatures;
    }

    static void write(JsonNode messages, String model, ObjectNode body) {
        GeminiContents translated = new GeminiContents(!GeminiThinking.isOfGenerationTwo(model));
        messages.values().forEach(translated::add);
        if (!translated.system.isEmpty()) {
            body.putObject("systemInstruction").set("parts", translated.system);
        }
        body.set("contents", translated.contents);
    }

    private void add(JsonNode message) {
        switch (message.path("role").asString("")) {
            case "system", "developer" -> content(message, system);
            case "assistant" -> {
                ArrayNode said = WireJson.array();
                content(message, said);
                calls(message.path("tool_calls"), said);
                append("model", said);
            }
            case "tool" -> append("user", WireJson.array().add(functionResponse(message)));
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
            parts = contents.addObject().put("role", speaker).putArray("parts");
        }
        parts.addAll(said);
    }

    private static void content(JsonNode message, ArrayNode parts) {
        JsonNode content = message.path("content");
        if (content.isString()) {
            text(content.stringValue()).ifPresent(parts::add);
        }
        for (JsonNode part : content.isArray() ? content.values() : List.<JsonNode>of()) {
            part(part).ifPresent(parts::add);
        }
    }

    private static Optional<ObjectNode> part(JsonNode part) {
        return switch (part.path("type").asString("")) {
            case "image_url" -> Picture.of(part).flatMap(GeminiContents::image);
            case "refusal" -> text(part.path("refusal").asString(""));
            default -> text(part.path("text").asString(""));
        };
    }

    private static Optional<ObjectNode> text(String text) {
        return text.isEmpty() ? Optional.empty() : Optional.of(WireJson.object().put("text", text));
    }

    // None by its address: Gemini would take whatever is there for it, also a film, which no bound of ours covers.
    private static Optional<ObjectNode> image(Picture picture) {
        return switch (picture) {
            case Picture.Inline(String mediaType, String data) -> {
                ObjectNode part = WireJson.object();
                part.putObject("inlineData").put("mimeType", mediaType).put("data", data);
                yield Optional.of(part);
            }
            case Picture.Remote(String url) -> Optional.empty();
        };
    }

    private void calls(JsonNode calls, ArrayNode parts) {
        boolean first = true;
        for (JsonNode call : calls.isArray() ? calls.values() : List.<JsonNode>of()) {
            JsonNode function = call.path("function");
            String name = function.path("name").asString("");
            functions.put(call.path("id").asString(""), name);
            String arguments = function.path("arguments").asString("");
            ObjectNode part = parts.addObject();
            ObjectNode asked = part.putObject("functionCall").put("name", name);
            asked.set("args", arguments.isBlank() ? WireJson.object() : WireJson.read(arguments));
            String signature = call.path("extra_content")
                    .path("google")
                    .path("thought_signature")
                    .asString("");
            if (!signature.isEmpty()) {
                part.put("thoughtSignature", signature);
            } else if (signatures && first) {
                part.put("thoughtSignature", NO_SIGNATURE);
            }
            first = false;
        }
    }

    private ObjectNode functionResponse(JsonNode message) {
        ObjectNode part = WireJson.object();
        ObjectNode response = part.putObject("functionResponse");
        response.put("name", functions.getOrDefault(message.path("tool_call_id").asString(""), ""));
        response.set("response", result(message));
        return part;
    }

    // The result must be an object; what is none becomes one.
    private static ObjectNode result(JsonNode message) {
        ArrayNode texts = WireJson.array();
        content(message, texts);
        StringBuilder text = new StringBuilder();
        texts.values().forEach(each -> text.append(each.path("text").asString("")));
        try {
            if (WireJson.readPart(text.toString()) instanceof ObjectNode object) {
                return object;
            }
        } catch (JacksonException plainText) {
            // It stays text.
        }
        return WireJson.object().put("result", text.toString());
    }
}
