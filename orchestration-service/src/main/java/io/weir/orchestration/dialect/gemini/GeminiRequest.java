package io.weir.orchestration.dialect.gemini;

import io.weir.orchestration.dialect.ChatRequest;
import io.weir.orchestration.dialect.WireJson;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// OpenAI's request as Gemini takes it. What it lacks is left out.
final class GeminiRequest {

    private static final int MOST_CHOICES = 8;
    private static final int MOST_STOPS = 5;

    private final JsonNode in;
    private final ObjectNode out = WireJson.object();

    private GeminiRequest(JsonNode in) {
        this.in = in;
    }

    /// @param outputLimit of which thoughts are a part at Gemini, so that it bounds all output
    static byte[] of(ChatRequest request, String model, int outputLimit) {
        GeminiRequest translated = new GeminiRequest(WireJson.read(request.body()));
        GeminiContents.write(translated.in.path("messages"), model, translated.out);
        translated.config(model, outputLimit);
        translated.tools();
        return WireJson.write(translated.out);
    }

    private void config(String model, int outputLimit) {
        ObjectNode config = out.putObject("generationConfig");
        config.put("maxOutputTokens", outputLimit);
        number("temperature", config, "temperature");
        number("top_p", config, "topP");
        number("top_k", config, "topK");
        number("presence_penalty", config, "presencePenalty");
        number("frequency_penalty", config, "frequencyPenalty");
        if (in.path("seed").canConvertToInt()) {
            config.set("seed", in.path("seed"));
        }
        int choices = in.path("n").asInt(1);
        if (choices > 1 && choices <= MOST_CHOICES) {
            config.put("candidateCount", choices);
        }
        stops(config);
        format(config);
        GeminiThinking.write(in.path("reasoning_effort").asString(""), model, config);
    }

    private void number(String field, ObjectNode config, String as) {
        if (in.path(field).isNumber()) {
            config.set(as, in.path(field));
        }
    }

    private void stops(ObjectNode config) {
        ArrayNode stops = WireJson.array();
        JsonNode stop = in.path("stop");
        for (JsonNode each : stop.isArray() ? stop.values() : List.of(stop)) {
            if (!each.asString("").isEmpty() && stops.size() < MOST_STOPS) {
                stops.add(each);
            }
        }
        if (!stops.isEmpty()) {
            config.set("stopSequences", stops);
        }
    }

    private void format(ObjectNode config) {
        if (!in.path("tools").isEmpty()) {
            return;
        }
        JsonNode format = in.path("response_format");
        switch (format.path("type").asString("")) {
            case "json_object" -> config.put("responseMimeType", "application/json");
            case "json_schema" -> {
                config.put("responseMimeType", "application/json");
                JsonNode schema = format.path("json_schema").path("schema");
                if (schema.isObject()) {
                    config.set("responseJsonSchema", schema);
                }
            }
            default -> {}
        }
    }

    private void tools() {
        JsonNode tools = in.path("tools");
        if (tools.isEmpty()) {
            return;
        }
        ArrayNode declared = out.putArray("tools").addObject().putArray("functionDeclarations");
        for (JsonNode tool : tools.values()) {
            JsonNode function = tool.path("function");
            ObjectNode each = declared.addObject();
            each.put("name", function.path("name").asString(""));
            if (function.path("description").isString()) {
                each.set("description", function.path("description"));
            }
            GeminiSchema.declare(function.path("parameters"), each);
        }
        toolChoice(in.path("tool_choice"));
    }

    private void toolChoice(JsonNode choice) {
        String wanted = choice.isObject() ? "function" : choice.asString("");
        if (wanted.isEmpty()) {
            return;
        }
        ObjectNode config = out.putObject("toolConfig").putObject("functionCallingConfig");
        switch (wanted) {
            case "none" -> config.put("mode", "NONE");
            case "required" -> config.put("mode", "ANY");
            case "function" -> {
                config.put("mode", "ANY");
                config.putArray("allowedFunctionNames")
                        .add(choice.path("function").path("name").asString(""));
            }
            default -> config.put("mode", "AUTO");
        }
    }
}
