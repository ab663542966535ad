package io.weir.orchestration.surface.responses;

import io.weir.orchestration.dialect.WireJson;
import io.weir.orchestration.surface.Field;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Functions and the choice among them, which the Responses API writes flat. The form of chat completions is taken as
/// well, for some clients mix them.
final class ToolsReader {

    private static final Set<String> CHOICES = Set.of("auto", "none", "required");

    private ToolsReader() {}

    /// The tools in both forms. Throws a 400 naming the tool that is no function.
    ///
    /// @param chat of a chat completion
    /// @param echo as the response repeats them
    static void read(Field tools, ArrayNode chat, ArrayNode echo) {
        for (Field tool : tools.elements()) {
            String type = tool.required().object().at("type").text();
            if (!type.equals("function")) {
                throw tool.at("type")
                        .invalid("tools of type " + tool.at("type").quoted()
                                + " are not run here; declare tools of type 'function' and run them yourself");
            }
            ObjectNode flat = function(tool.at("function").isPresent() ? tool.at("function") : tool);
            echo.add(described(flat));
            chat.addObject().put("type", "function").set("function", flat);
        }
    }

    private static ObjectNode function(Field tool) {
        ObjectNode function = WireJson.object();
        function.put("name", tool.at("name").text());
        String description = tool.at("description").textOrNull();
        if (description != null) {
            function.put("description", description);
        }
        Field parameters = tool.at("parameters").object();
        if (parameters.isPresent()) {
            function.set("parameters", parameters.value());
        }
        JsonNode strict = tool.at("strict").bool();
        if (strict != null) {
            function.set("strict", strict);
        }
        return function;
    }

    private static ObjectNode described(ObjectNode function) {
        ObjectNode echo = WireJson.object();
        echo.put("type", "function");
        echo.set("name", function.path("name"));
        echo.put("description", function.path("description").asString(null));
        echo.set("parameters", function.has("parameters") ? function.path("parameters") : WireJson.object());
        echo.put("strict", function.path("strict").asBoolean(false));
        return echo;
    }

    /// The choice as the response repeats it; `auto` when it is absent.
    static JsonNode choice(Field choice) {
        if (choice.isAbsent()) {
            return named("auto");
        }
        if (choice.value().isString()) {
            if (!CHOICES.contains(choice.text())) {
                throw choice.invalid("expected auto, none, required or an object, got " + choice.quoted());
            }
            return choice.value();
        }
        if (!choice.value().isObject()) {
            throw choice.wrongType("a string or an object");
        }
        return switch (choice.at("type").text()) {
            case "function" -> chosen(nameOf(choice));
            case "allowed_tools" -> allowed(choice);
            default ->
                throw choice.at("type")
                        .invalid(choice.at("type").quoted() + " cannot be chosen here; expected function or"
                                + " allowed_tools");
        };
    }

    private static JsonNode named(String choice) {
        return WireJson.object().put("choice", choice).path("choice");
    }

    private static Field nameOf(Field choice) {
        return choice.at("function").isPresent() ? choice.at("function").at("name") : choice.at("name");
    }

    private static ObjectNode chosen(Field name) {
        return WireJson.object().put("type", "function").put("name", name.text());
    }

    private static ObjectNode allowed(Field choice) {
        Field mode = choice.at("mode");
        if (!mode.text().equals("auto") && !mode.text().equals("required")) {
            throw mode.invalid("expected auto or required, got " + mode.quoted());
        }
        ObjectNode echo = WireJson.object().put("type", "allowed_tools").put("mode", mode.text());
        ArrayNode tools = echo.putArray("tools");
        for (Field tool : choice.at("tools").required().elements()) {
            if (!tool.object().at("type").text().equals("function")) {
                throw tool.at("type")
                        .invalid("expected function, got " + tool.at("type").quoted());
            }
            tools.add(chosen(nameOf(tool)));
        }
        return echo;
    }

    /// The same choice as chat completions write it.
    static JsonNode inChat(JsonNode choice) {
        if (choice.isString()) {
            return choice;
        }
        if (choice.path("type").asString("").equals("function")) {
            return nested(choice);
        }
        ObjectNode chat = WireJson.object().put("type", "allowed_tools");
        ObjectNode allowed = chat.putObject("allowed_tools");
        allowed.set("mode", choice.path("mode"));
        ArrayNode tools = allowed.putArray("tools");
        choice.path("tools").values().forEach(tool -> tools.add(nested(tool)));
        return chat;
    }

    private static ObjectNode nested(JsonNode function) {
        ObjectNode chat = WireJson.object().put("type", "function");
        chat.putObject("function").set("name", function.path("name"));
        return chat;
    }
}
