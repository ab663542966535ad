package io.weir.orchestration.surface.messages;

import io.weir.orchestration.dialect.WireJson;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/// Content blocks as parts of chat messages.
final class ContentTranslation {

    private static final Set<String> PICTURES = Set.of("image/jpeg", "image/png", "image/gif", "image/webp");

    private ContentTranslation() {}

    /// A string, or blocks of text alone.
    static JsonNode texts(Place content) {
        if (content.json().isString()) {
            return content.json();
        }
        ArrayNode parts = WireJson.array();
        for (Place block : content.items()) {
            String type = block.in("type").text();
            if (!type.equals("text")) {
                throw block.in("type").wrong("Input should be 'text'.");
            }
            parts.add(text(block.in("text").text()));
        }
        return parts;
    }

    static ObjectNode text(String text) {
        return WireJson.object().put("type", "text").put("text", text);
    }

    static ObjectNode image(Place block) {
        Place source = block.in("source").required();
        String url = switch (source.in("type").text()) {
            case "base64" -> inline(source);
            case "url" -> remote(source.in("url"));
            default -> throw source.in("type").wrong("Input should be 'base64' or 'url'.");
        };
        ObjectNode part = WireJson.object().put("type", "image_url");
        part.putObject("image_url").put("url", url);
        return part;
    }

    private static String inline(Place source) {
        String type = source.in("media_type").text();
        if (!PICTURES.contains(type)) {
            throw source.in("media_type")
                    .wrong("Input should be 'image/jpeg', 'image/png', 'image/gif' or 'image/webp'.");
        }
        return "data:" + type + ";base64," + source.in("data").text();
    }

    private static String remote(Place url) {
        if (!url.text().regionMatches(true, 0, "https://", 0, 8)) {
            throw url.wrong("Input should be an address that begins with https://.");
        }
        return url.text();
    }

    /// A document that is text. Pages of a PDF are counted by the provider in a way that no bound here covers.
    static ObjectNode document(Place block) {
        Place source = block.in("source").required();
        String type = source.in("type").text();
        if (!type.equals("text")) {
            throw source.in("type").wrong("Only documents of 'text' are supported. Send the text of this one.");
        }
        Place title = block.in("title");
        String text = source.in("data").text();
        return text(title.isGiven() ? title.text() + "\n\n" + text : text);
    }

    /// One text as a string; several parts as they are.
    static JsonNode shortest(ArrayNode parts) {
        boolean plain =
                parts.size() == 1 && parts.path(0).path("type").asString("").equals("text");
        if (plain) {
            return parts.path(0).path("text");
        }
        return parts.isEmpty() ? StringNode.valueOf("") : parts;
    }
}
