package io.weir.orchestration.surface.responses;

import io.weir.orchestration.dialect.WireJson;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What a model was told, as the API lists it: items with ids, and messages of parts.
final class InputItems {

    private InputItems() {}

    /// @param before items that were listed before
    /// @param input a text, or items, that were found to be valid
    /// @param id of the request, for items that have none
    static ArrayNode of(ArrayNode before, JsonNode input, String id) {
        ArrayNode items = WireJson.array();
        before.values().forEach(items::add);
        if (input.isString()) {
            items.add(item(WireJson.object().put("role", "user").set("content", input), id, items.size()));
        }
        for (JsonNode item : input.isArray() ? input.values() : WireJson.array().values()) {
            items.add(item(item, id, items.size()));
        }
        return items;
    }

    private static ObjectNode item(JsonNode given, String id, int place) {
        String type = given.path("type").asString("message");
        ObjectNode item = WireJson.object();
        item.put("id", prefix(type) + id + "_in" + place).put("type", type);
        if (type.equals("message")) {
            item.put("status", "completed");
        }
        if (given instanceof ObjectNode all) {
            all.properties().forEach(field -> {
                if (!field.getValue().isNull()) {
                    item.set(field.getKey(), field.getValue());
                }
            });
        }
        JsonNode content = item.path("content");
        if (type.equals("message") && content.isString()) {
            boolean said = item.path("role").asString("").equals("assistant");
            ObjectNode part = WireJson.object().put("type", said ? "output_text" : "input_text");
            part.set("text", content);
            if (said) {
                part.putArray("annotations");
            }
            item.putArray("content").add(part);
        }
        return item;
    }

    private static String prefix(String type) {
        return switch (type) {
            case "message" -> "msg_";
            case "function_call" -> "fc_";
            case "function_call_output" -> "fco_";
            case "reasoning" -> "rs_";
            default -> "item_";
        };
    }
}
