package io.weir.orchestration.surface.messages;

import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Tools and which of them to use.
final class ToolTranslation {

    private ToolTranslation() {}

    static void write(Place request, ObjectNode out) {
        List<Place> tools = request.in("tools").items();
        if (!tools.isEmpty()) {
            ArrayNode declared = out.putArray("tools");
            tools.forEach(tool -> declared.add(tool(tool, out)));
        }
        Place choice = request.in("tool_choice");
        if (choice.isGiven()) {
            choose(choice, !tools.isEmpty(), out);
        }
    }

    private static ObjectNode tool(Place tool, ObjectNode out) {
        tool.object();
        Place type = tool.in("type");
        if (type.isGiven() && !type.text().equals("custom")) {
            throw type.wrong("Only tools of your own ('custom') are supported. Declare it with an `input_schema`.");
        }
        ObjectNode declared = out.objectNode().put("type", "function");
        ObjectNode function =
                declared.putObject("function").put("name", tool.in("name").text());
        if (tool.in("description").isGiven()) {
            function.put("description", tool.in("description").text());
        }
        function.set("parameters", tool.in("input_schema").object());
        if (tool.in("strict").flag()) {
            function.put("strict", true);
        }
        return declared;
    }

    // A choice among no tools is refused by some, and means nothing unless one is demanded.
    private static void choose(Place choice, boolean any, ObjectNode out) {
        boolean oneAtATime = choice.in("disable_parallel_tool_use").flag();
        switch (choice.in("type").text()) {
            case "auto" -> put(any, out, "auto");
            case "none" -> put(any, out, "none");
            case "any" -> out.put("tool_choice", "required");
            case "tool" ->
                out.putObject("tool_choice")
                        .put("type", "function")
                        .putObject("function")
                        .put("name", choice.in("name").text());
            default -> throw choice.in("type").wrong("Input should be 'auto', 'any', 'tool' or 'none'.");
        }
        if (oneAtATime && any) {
            out.put("parallel_tool_calls", false);
        }
    }

    private static void put(boolean any, ObjectNode out, String choice) {
        if (any) {
            out.put("tool_choice", choice);
        }
    }
}
