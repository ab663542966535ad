package io.weir.simulators.provider.openai;

import io.weir.simulators.provider.answer.ToolChoice;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Reads and checks a chat-completions body. Throws [OpenAiException] with OpenAI's status, param and code;
/// ignores most of what it does not know.
final class ChatRequestReader {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Set<String> ROLES = Set.of("system", "developer", "user", "assistant", "tool", "function");
    private static final Set<String> UNTHINKING = Set.of("none", "minimal");
    private static final int MAX_CHOICES = 128;
    private static final int MAX_STOPS = 4;

    private ChatRequestReader() {}

    static JsonNode parse(byte[] body) {
        try {
            JsonNode parsed = JSON.readTree(body);
            if (parsed.isObject()) {
                return parsed;
            }
        } catch (JacksonException notJson) {
            throw unreadable();
        }
        throw unreadable();
    }

    static ChatRequest read(JsonNode body) {
        RequestFields fields = new RequestFields(body);
        OpenAiModel model = model(fields.any("model"));
        List<JsonNode> messages = messages(fields.any("messages"));
        refuseUnrecognized(body, model);
        boolean stream = fields.flag("stream");
        fields.decimalWithin("temperature", 0, 2);
        fields.decimalWithin("top_p", 0, 1);
        fields.decimalWithin("presence_penalty", -2, 2);
        fields.decimalWithin("frequency_penalty", -2, 2);
        Integer choices = fields.whole("n", 1, MAX_CHOICES);
        JsonNode tools = tools(fields.any("tools"));
        return new ChatRequest(
                model,
                messages,
                tools,
                toolChoice(fields.any("tool_choice"), tools),
                ResponseFormat.schemaOf(fields.any("response_format")),
                stream,
                includeUsage(fields.any("stream_options"), stream),
                choices == null ? 1 : choices,
                maxTokens(fields, model),
                stop(fields.any("stop")),
                fields.any("seed").asLong(0),
                model.reasons()
                        && !UNTHINKING.contains(fields.any("reasoning_effort").asString("")));
    }

    // OpenAI refuses what it does not know; of that, what clients of other APIs send.
    private static void refuseUnrecognized(JsonNode body, OpenAiModel model) {
        boolean effort = body.path("reasoning_effort").isString() && !model.reasons();
        if (body.has("top_k") || effort) {
            throw OpenAiException.invalid(
                    null,
                    null,
                    "Unrecognized request argument supplied: " + (body.has("top_k") ? "top_k" : "reasoning_effort"));
        }
    }

    private static OpenAiModel model(JsonNode named) {
        if (named.isMissingNode() || named.isNull()) {
            throw OpenAiException.invalid(null, null, "you must provide a model parameter");
        }
        if (!named.isString()) {
            throw RequestFields.wrongType("model", "a string", named);
        }
        return OpenAiModels.chatting(named.stringValue());
    }

    private static List<JsonNode> messages(JsonNode messages) {
        if (messages.isMissingNode()) {
            throw OpenAiException.invalid(
                    "messages", "missing_required_parameter", "Missing required parameter: 'messages'.");
        }
        if (!messages.isArray()) {
            throw RequestFields.wrongType("messages", "an array of objects", messages);
        }
        if (messages.isEmpty()) {
            throw OpenAiException.invalid(
                    "messages",
                    "empty_array",
                    "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array"
                            + " instead.");
        }
        List<JsonNode> checked = new ArrayList<>(messages.size());
        for (JsonNode message : messages.values()) {
            checkMessage("messages[" + checked.size() + "]", message);
            checked.add(message);
        }
        return List.copyOf(checked);
    }

    private static void checkMessage(String at, JsonNode message) {
        if (!message.isObject()) {
            throw RequestFields.wrongType(at, "an object", message);
        }
        String role = message.path("role").asString("");
        if (!ROLES.contains(role)) {
            throw OpenAiException.invalid(
                    at + ".role",
                    "invalid_value",
                    "Invalid value: '" + role + "'. Supported values are: 'system', 'assistant', 'user', 'function',"
                            + " 'tool', and 'developer'.");
        }
        JsonNode content = message.path("content");
        boolean mayLackContent = role.equals("assistant");
        boolean lacksContent = content.isMissingNode() || content.isNull();
        if (lacksContent ? !mayLackContent : !content.isString() && !content.isArray()) {
            throw RequestFields.wrongType(at + ".content", "one of a string or array of objects", content);
        }
    }

    private static JsonNode tools(JsonNode tools) {
        if (tools.isMissingNode() || tools.isNull()) {
            return JSON.createArrayNode();
        }
        if (!tools.isArray()) {
            throw RequestFields.wrongType("tools", "an array of objects", tools);
        }
        for (int i = 0; i < tools.size(); i++) {
            if (!tools.path(i).path("function").path("name").isString()) {
                String at = "tools[" + i + "].function";
                throw OpenAiException.invalid(
                        at, "missing_required_parameter", "Missing required parameter: '" + at + ".name'.");
            }
        }
        return tools;
    }

    private static ToolChoice toolChoice(JsonNode choice, JsonNode tools) {
        if (choice.isMissingNode() || choice.isNull()) {
            return tools.isEmpty() ? new ToolChoice.None() : new ToolChoice.Auto();
        }
        if (tools.isEmpty()) {
            throw OpenAiException.invalid(
                    "tool_choice", null, "'tool_choice' is only allowed when 'tools' are specified.");
        }
        if (choice.isObject()) {
            return named(choice.path("function").path("name").asString(""), tools);
        }
        return switch (choice.asString("")) {
            case "none" -> new ToolChoice.None();
            case "auto" -> new ToolChoice.Auto();
            case "required" -> new ToolChoice.Required();
            default ->
                throw OpenAiException.invalid(
                        "tool_choice",
                        "invalid_value",
                        "Invalid value: " + choice + ". Supported values are: 'none', 'auto', and 'required'.");
        };
    }

    private static ToolChoice named(String name, JsonNode tools) {
        for (JsonNode tool : tools.values()) {
            if (tool.path("function").path("name").asString("").equals(name)) {
                return new ToolChoice.Named(name);
            }
        }
        throw OpenAiException.invalid(
                "tool_choice", null, "Tool choice '" + name + "' not found in 'tools' parameter.");
    }

    private static boolean includeUsage(JsonNode options, boolean stream) {
        if (options.isMissingNode() || options.isNull()) {
            return false;
        }
        if (!stream) {
            throw OpenAiException.invalid(
                    "stream_options", null, "The 'stream_options' parameter is only allowed when 'stream' is enabled.");
        }
        return options.path("include_usage").asBoolean(false);
    }

    private static @Nullable Integer maxTokens(RequestFields fields, OpenAiModel model) {
        if (fields.has("max_tokens") && fields.has("max_completion_tokens")) {
            throw OpenAiException.invalid(
                    "max_tokens",
                    "invalid_parameter_combination",
                    "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.");
        }
        String name = fields.has("max_tokens") ? "max_tokens" : "max_completion_tokens";
        Integer limit = fields.whole(name, 1, Integer.MAX_VALUE);
        if (limit != null && limit > model.outputTokens()) {
            throw OpenAiException.invalid(
                    name,
                    "invalid_value",
                    name + " is too large: " + limit + ". This model supports at most " + model.outputTokens()
                            + " completion tokens, whereas you provided " + limit + ".");
        }
        return limit;
    }

    private static List<String> stop(JsonNode stop) {
        if (stop.isMissingNode() || stop.isNull()) {
            return List.of();
        }
        if (stop.isString()) {
            return stop.stringValue().isEmpty() ? List.of() : List.of(stop.stringValue());
        }
        boolean texts = stop.isArray() && stop.valueStream().allMatch(JsonNode::isString);
        if (!texts || stop.size() > MAX_STOPS) {
            throw RequestFields.wrongType("stop", "a string or an array of at most " + MAX_STOPS + " strings", stop);
        }
        return stop.valueStream()
                .map(JsonNode::stringValue)
                .filter(text -> !text.isEmpty())
                .toList();
    }

    private static OpenAiException unreadable() {
        return OpenAiException.invalid(
                null,
                null,
                "We could not parse the JSON body of your request. (HINT: This likely means you aren't using your HTTP"
                        + " library correctly. The OpenAI API expects a JSON payload, but what was sent was not valid"
                        + " JSON.)");
    }
}
