package io.weir.simulators.provider.anthropic;

import io.weir.simulators.provider.answer.ToolChoice;
import io.weir.simulators.provider.anthropic.AnthropicModels.AnthropicModel;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Reads and checks the body of a messages request. Throws [AnthropicException] worded as Anthropic words it;
/// as there, a field that does not exist is refused.
final class MessageRequestReader {

    private static final JsonMapper JSON = JsonMapper.shared();

    private static final Set<String> FIELDS = Set.of(
            "model",
            "messages",
            "max_tokens",
            "system",
            "stream",
            "stop_sequences",
            "temperature",
            "top_k",
            "top_p",
            "tools",
            "tool_choice",
            "metadata",
            "thinking",
            "service_tier",
            "container",
            "output_config",
            "output_format",
            "inference_geo",
            "cache_control");

    private MessageRequestReader() {}

    static JsonNode parse(byte[] body) {
        JsonNode parsed;
        try {
            parsed = JSON.readTree(body);
        } catch (JacksonException notJson) {
            throw AnthropicException.invalid("The request body is not valid JSON: " + notJson.getOriginalMessage());
        }
        if (!parsed.isObject()) {
            throw AnthropicException.invalid("Input should be a valid dictionary");
        }
        return parsed;
    }

    static MessageRequest read(JsonNode body) {
        for (String name : body.propertyNames()) {
            if (!FIELDS.contains(name)) {
                throw AnthropicException.invalid(name + ": Extra inputs are not permitted");
            }
        }
        AnthropicModel model = model(body.path("model"));
        int maxTokens = maxTokens(body.path("max_tokens"), model);
        List<JsonNode> messages = MessageTurns.read(body.path("messages"));
        sampling(body);
        JsonNode tools = tools(body.path("tools"));
        return new MessageRequest(
                model,
                system(body.path("system")),
                messages,
                tools,
                toolChoice(body.path("tool_choice"), tools),
                answerSchema(body),
                body.path("stream").asBoolean(false),
                maxTokens,
                stop(body.path("stop_sequences")),
                body.path("thinking").path("type").asString("disabled").matches("enabled|adaptive"));
    }

    private static AnthropicModel model(JsonNode named) {
        if (named.isMissingNode()) {
            throw AnthropicException.invalid("model: Field required");
        }
        if (!named.isString()) {
            throw AnthropicException.invalid("model: Input should be a valid string");
        }
        return AnthropicModels.named(named.stringValue());
    }

    private static int maxTokens(JsonNode limit, AnthropicModel model) {
        if (limit.isMissingNode()) {
            throw AnthropicException.invalid("max_tokens: Field required");
        }
        if (!limit.isIntegralNumber() || !limit.canConvertToInt()) {
            throw AnthropicException.invalid("max_tokens: Input should be a valid integer");
        }
        if (limit.intValue() < 1) {
            throw AnthropicException.invalid("max_tokens: must be greater than or equal to 1");
        }
        if (limit.intValue() > model.outputTokens()) {
            throw AnthropicException.invalid("max_tokens: " + limit + " > " + model.outputTokens()
                    + ", which is the maximum allowed number of output tokens for " + model.servedAs());
        }
        return limit.intValue();
    }

    private static JsonNode system(JsonNode system) {
        boolean blocks = system.isArray()
                && system.valueStream().allMatch(block -> block.path("text").isString());
        if (!system.isMissingNode() && !system.isString() && !blocks) {
            throw AnthropicException.invalid("system: Input should be a valid string or a list of text blocks");
        }
        return system;
    }

    private static void sampling(JsonNode body) {
        fraction("temperature", body.path("temperature"));
        fraction("top_p", body.path("top_p"));
        if (body.has("temperature") && body.has("top_p")) {
            throw AnthropicException.invalid(
                    "`temperature` and `top_p` cannot both be specified for this model. Please" + " use only one.");
        }
    }

    private static void fraction(String name, JsonNode value) {
        if (value.isMissingNode()) {
            return;
        }
        if (!value.isNumber()) {
            throw AnthropicException.invalid(name + ": Input should be a valid number");
        }
        if (!(value.doubleValue() >= 0 && value.doubleValue() <= 1)) {
            throw AnthropicException.invalid(name + ": range: 0..1");
        }
    }

    private static JsonNode tools(JsonNode tools) {
        if (tools.isMissingNode()) {
            return JSON.createArrayNode();
        }
        if (!tools.isArray()) {
            throw AnthropicException.invalid("tools: Input should be a valid list");
        }
        for (int i = 0; i < tools.size(); i++) {
            JsonNode tool = tools.path(i);
            String at = "tools." + i + ".custom.";
            if (!tool.path("name").asString("").matches("[a-zA-Z0-9_-]{1,128}")) {
                throw AnthropicException.invalid(at + "name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'");
            }
            if (!tool.path("input_schema").path("type").asString("").equals("object")) {
                throw AnthropicException.invalid(at + "input_schema.type: Input should be 'object'");
            }
        }
        return tools;
    }

    private static ToolChoice toolChoice(JsonNode choice, JsonNode tools) {
        if (choice.isMissingNode()) {
            return tools.isEmpty() ? new ToolChoice.None() : new ToolChoice.Auto();
        }
        if (tools.isEmpty()) {
            throw AnthropicException.invalid("tool_choice: tool_choice may only be specified while providing tools");
        }
        String name = choice.path("name").asString("");
        return switch (choice.path("type").asString("")) {
            case "auto" -> new ToolChoice.Auto();
            case "any" -> new ToolChoice.Required();
            case "none" -> new ToolChoice.None();
            case "tool" -> {
                if (tools.valueStream()
                        .noneMatch(tool -> tool.path("name").asString("").equals(name))) {
                    throw AnthropicException.invalid("tool_choice: Tool '" + name + "' not found in provided tools");
                }
                yield new ToolChoice.Named(name);
            }
            default ->
                throw AnthropicException.invalid(
                        "tool_choice: Input tag found using 'type' does not match any of the expected tags: 'auto',"
                                + " 'any', 'tool', 'none'");
        };
    }

    private static @Nullable JsonNode answerSchema(JsonNode body) {
        JsonNode format = body.has("output_format")
                ? body.path("output_format")
                : body.path("output_config").path("format");
        if (format.isMissingNode() || format.isNull()) {
            return null;
        }
        if (!format.path("type").asString("").equals("json_schema")
                || !format.path("schema").isObject()) {
            throw AnthropicException.invalid(
                    "output_config.format: Input should be of type 'json_schema' with a schema");
        }
        return format.path("schema");
    }

    private static List<String> stop(JsonNode stops) {
        if (stops.isMissingNode()) {
            return List.of();
        }
        if (!stops.isArray() || !stops.valueStream().allMatch(JsonNode::isString)) {
            throw AnthropicException.invalid("stop_sequences: Input should be a valid list of strings");
        }
        if (stops.valueStream().anyMatch(stop -> stop.stringValue().isBlank())) {
            throw AnthropicException.invalid("stop_sequences: each stop sequence must contain non-whitespace");
        }
        return stops.valueStream().map(JsonNode::stringValue).toList();
    }
}
