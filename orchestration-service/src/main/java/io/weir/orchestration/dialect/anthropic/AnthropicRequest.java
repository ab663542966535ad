package io.weir.orchestration.dialect.anthropic;

import io.weir.orchestration.dialect.ChatRequest;
import io.weir.orchestration.dialect.WireJson;
import java.math.BigDecimal;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// OpenAI's request as Anthropic takes it. What it lacks is left out.
final class AnthropicRequest {

    private final JsonNode in;
    private final ObjectNode out = WireJson.object();

    private AnthropicRequest(JsonNode in) {
        this.in = in;
    }

    static byte[] of(ChatRequest request, String model, int outputLimit) {
        AnthropicRequest translated = new AnthropicRequest(WireJson.read(request.body()));
        translated.out.put("model", model);
        translated.out.put("max_tokens", outputLimit);
        if (request.stream()) {
            translated.out.put("stream", true);
        }
        AnthropicMessages.write(translated.in.path("messages"), translated.out);
        translated.sampling();
        translated.tools();
        String user = translated.in.path("user").asString("");
        if (!user.isEmpty()) {
            translated.out.putObject("metadata").put("user_id", user);
        }
        return WireJson.write(translated.out);
    }

    /// Whether a number differs from 1, at which it changes nothing.
    static boolean means(JsonNode number) {
        return number.isNumber() && number.decimalValue().compareTo(BigDecimal.ONE) != 0;
    }

    private void sampling() {
        JsonNode temperature = in.path("temperature");
        JsonNode topP = in.path("top_p");
        // Current models refuse both together, and many clients send both, one of them at 1.
        if (means(topP) && !means(temperature)) {
            out.set("top_p", topP);
        } else if (temperature.isNumber()) {
            out.put("temperature", temperature.decimalValue().min(BigDecimal.ONE));
        }
        if (in.path("top_k").isIntegralNumber()) {
            out.set("top_k", in.path("top_k"));
        }
        ArrayNode stops = WireJson.array();
        JsonNode stop = in.path("stop");
        for (JsonNode each : stop.isArray() ? stop.values() : List.of(stop)) {
            if (!each.asString("").isBlank()) {
                stops.add(each);
            }
        }
        if (!stops.isEmpty()) {
            out.set("stop_sequences", stops);
        }
    }

    private void tools() {
        JsonNode tools = in.path("tools");
        if (tools.isEmpty()) {
            return;
        }
        ArrayNode declared = out.putArray("tools");
        for (JsonNode tool : tools.values()) {
            JsonNode function = tool.path("function");
            ObjectNode each = declared.addObject();
            each.put("name", function.path("name").asString(""));
            if (function.path("description").isString()) {
                each.set("description", function.path("description"));
            }
            each.set("input_schema", schema(function.path("parameters")));
            copyCacheControl(tool, each);
        }
        toolChoice();
    }

    private static ObjectNode schema(JsonNode parameters) {
        ObjectNode schema = parameters instanceof ObjectNode object ? object.deepCopy() : WireJson.object();
        if (!schema.path("type").isString()) {
            schema.put("type", "object");
        }
        return schema;
    }

    private void toolChoice() {
        JsonNode choice = in.path("tool_choice");
        boolean oneAtATime = in.path("parallel_tool_calls").isBoolean()
                && !in.path("parallel_tool_calls").booleanValue();
        String wanted = choice.isObject() ? "function" : choice.asString("");
        if (wanted.isEmpty() && !oneAtATime) {
            return;
        }
        ObjectNode translated = out.putObject("tool_choice");
        switch (wanted) {
            case "none" -> translated.put("type", "none");
            case "required" -> translated.put("type", "any");
            case "function" ->
                translated
                        .put("type", "tool")
                        .put("name", choice.path("function").path("name").asString(""));
            default -> translated.put("type", "auto");
        }
        if (oneAtATime && !wanted.equals("none")) {
            translated.put("disable_parallel_tool_use", true);
        }
    }

    /// A widespread extension: the client marks what the provider shall cache.
    static void copyCacheControl(JsonNode from, ObjectNode to) {
        if (from.path("cache_control").isObject()) {
            to.set("cache_control", from.path("cache_control"));
        }
    }
}
