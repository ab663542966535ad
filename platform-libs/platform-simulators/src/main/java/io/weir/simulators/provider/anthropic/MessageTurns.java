package io.weir.simulators.provider.anthropic;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/// The order of messages that Anthropic asks for: the user begins, no message is empty, and the results of all tools
/// that a turn used stand at the head of the next one. Turns of the same role in a row are allowed; Anthropic joins
/// them.
final class MessageTurns {

    private MessageTurns() {}

    static List<JsonNode> read(JsonNode messages) {
        if (messages.isMissingNode()) {
            throw AnthropicException.invalid("messages: Field required");
        }
        if (!messages.isArray()) {
            throw AnthropicException.invalid("messages: Input should be a valid list");
        }
        if (messages.isEmpty()) {
            throw AnthropicException.invalid("messages: at least one message is required");
        }
        List<JsonNode> turns = new ArrayList<>(messages.size());
        Set<String> open = Set.of();
        for (JsonNode message : messages.values()) {
            int at = turns.size();
            checkRole(at, message.path("role").asString(""));
            checkContent(at, message, at == messages.size() - 1);
            checkResults(at, message, open);
            open = ids(message, "tool_use", "id");
            turns.add(message);
        }
        if (!open.isEmpty()) {
            throw unanswered(turns.size() - 1, open);
        }
        return List.copyOf(turns);
    }

    private static void checkRole(int at, String role) {
        if (role.equals("system")) {
            throw AnthropicException.invalid(
                    "messages: Unexpected role \"system\". The Messages API accepts a top-level"
                            + " `system` parameter, not \"system\" as an input message role.");
        }
        if (!role.equals("user") && !role.equals("assistant")) {
            throw AnthropicException.invalid("messages." + at + ".role: Input should be 'user' or 'assistant'");
        }
        if (at == 0 && !role.equals("user")) {
            throw AnthropicException.invalid("messages: first message must use the \"user\" role");
        }
    }

    private static void checkContent(int at, JsonNode message, boolean last) {
        JsonNode content = message.path("content");
        boolean assistant = message.path("role").asString("").equals("assistant");
        if (!content.isString() && !content.isArray()) {
            throw AnthropicException.invalid("messages." + at + ".content: "
                    + (content.isMissingNode() ? "Field required" : "Input should be a valid string or list"));
        }
        if ((content.isArray() ? content.isEmpty() : content.stringValue().isEmpty()) && !(assistant && last)) {
            throw AnthropicException.invalid("messages." + at + ": all messages must have non-empty content except for"
                    + " the optional final assistant message");
        }
        for (int i = 0; content.isArray() && i < content.size(); i++) {
            checkBlock("messages." + at + ".content." + i, content.path(i), assistant);
        }
        if (assistant
                && last
                && content.isString()
                && !content.stringValue().equals(content.stringValue().stripTrailing())) {
            throw AnthropicException.invalid("messages: final assistant content cannot end with trailing whitespace");
        }
    }

    private static void checkBlock(String at, JsonNode block, boolean assistant) {
        switch (block.path("type").asString("")) {
            case "text" -> {
                if (block.path("text").asString("").isEmpty()) {
                    throw AnthropicException.invalid("messages: text content blocks must be non-empty");
                }
            }
            case "tool_use" -> {
                if (!assistant
                        || !block.path("input").isObject()
                        || !block.path("id").isString()) {
                    throw AnthropicException.invalid(at + ".tool_use.input: Input should be a valid dictionary");
                }
            }
            case "tool_result" -> {
                if (assistant || !block.path("tool_use_id").isString()) {
                    throw AnthropicException.invalid(at + ".tool_result.tool_use_id: Field required");
                }
            }
            case "image", "document", "thinking", "redacted_thinking" -> {}
            default ->
                throw AnthropicException.invalid(
                        at + ": Input tag '" + block.path("type").asString("")
                                + "' found using 'type' does not match any of the expected tags");
        }
    }

    private static void checkResults(int at, JsonNode message, Set<String> open) {
        Set<String> answered = ids(message, "tool_result", "tool_use_id");
        for (String id : answered) {
            if (!open.contains(id)) {
                throw AnthropicException.invalid("messages." + at + ".content.0: unexpected `tool_use_id` found in"
                        + " `tool_result` blocks: " + id + ". Each `tool_result` block must have a corresponding"
                        + " `tool_use` block in the previous message.");
            }
        }
        Set<String> missing = new LinkedHashSet<>(open);
        missing.removeAll(answered);
        if (!missing.isEmpty()) {
            throw unanswered(at - 1, missing);
        }
    }

    private static AnthropicException unanswered(int at, Set<String> ids) {
        return AnthropicException.invalid("messages." + at + ": `tool_use` ids were found without `tool_result` blocks"
                + " immediately after: " + String.join(", ", ids) + ". Each `tool_use` block must have a corresponding"
                + " `tool_result` block in the next message.");
    }

    private static Set<String> ids(JsonNode message, String type, String field) {
        return message.path("content")
                .valueStream()
                .filter(block -> block.path("type").asString("").equals(type))
                .map(block -> block.path(field).asString(""))
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }
}
