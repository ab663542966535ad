package io.weir.simulators.provider.gemini;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// The order of contents that Gemini asks for: each has parts, a call of functions follows what the user said, and as
/// many responses follow it as functions were called.
final class GeminiTurns {

    private static final Set<String> PART = Set.of(
            "text",
            "inlineData",
            "fileData",
            "functionCall",
            "functionResponse",
            "thought",
            "thoughtSignature",
            "videoMetadata",
            "executableCode",
            "codeExecutionResult");

    private GeminiTurns() {}

    static List<JsonNode> read(JsonNode contents) {
        if (contents.isMissingNode() || contents.isEmpty()) {
            throw GeminiException.invalid("* GenerateContentRequest.contents: contents is not specified\n");
        }
        if (!contents.isArray()) {
            throw GeminiException.invalid("Invalid value at 'contents': " + contents);
        }
        List<JsonNode> turns = new ArrayList<>(contents.size());
        long called = 0;
        for (JsonNode content : contents.values()) {
            check(content, "contents[" + turns.size() + "]");
            long answered = count(content, "functionResponse");
            if (answered != called) {
                throw GeminiException.invalid("Please ensure that the number of function response parts is equal to the"
                        + " number of function call parts of the function call turn.");
            }
            called = count(content, "functionCall");
            if (called > 0 && (turns.isEmpty() || !isUser(turns.getLast()))) {
                throw GeminiException.invalid(
                        "Please ensure that function call turn comes immediately after a user turn"
                                + " or after a function response turn.");
            }
            turns.add(content);
        }
        return List.copyOf(turns);
    }

    static JsonNode instruction(JsonNode instruction) {
        if (!instruction.isMissingNode()) {
            check(instruction, "system_instruction");
        }
        return instruction;
    }

    static boolean isUser(JsonNode content) {
        return !content.path("role").asString("user").equals("model");
    }

    private static void check(JsonNode content, String at) {
        GeminiFields fields = new GeminiFields(content, at);
        if (!content.isObject()) {
            throw GeminiException.invalid("Invalid value at '" + at + "': " + content);
        }
        fields.knowing(Set.of("role", "parts"));
        if (!Set.of("user", "model", "function", "system").contains(fields.text("role", "user"))) {
            throw GeminiException.invalid("Please use a valid role: user, model.");
        }
        if (content.path("parts").isEmpty()) {
            throw GeminiException.invalid(
                    "* GenerateContentRequest." + at + ".parts: contents.parts must not be empty.\n");
        }
        int position = 0;
        for (JsonNode part : content.path("parts").values()) {
            String partAt = at + ".parts[" + position++ + "]";
            new GeminiFields(part, partAt).knowing(PART);
            if (part.isEmpty()) {
                throw GeminiException.invalid("* GenerateContentRequest." + partAt
                        + ".data: required oneof field 'data' must have one initialized field\n");
            }
            checkData(part, partAt);
        }
    }

    private static void checkData(JsonNode part, String at) {
        if (part.has("functionCall")) {
            new GeminiFields(part.path("functionCall"), at + ".function_call").knowing(Set.of("id", "name", "args"));
        }
        if (part.has("functionResponse")) {
            JsonNode response = part.path("functionResponse");
            GeminiFields fields = new GeminiFields(response, at + ".function_response")
                    .knowing(Set.of("id", "name", "response", "parts", "willContinue", "scheduling"));
            if (!response.path("response").isObject()) {
                throw fields.wrongValue("response", response.path("response"));
            }
        }
        if (part.has("text") && !part.path("text").isString()) {
            throw new GeminiFields(part, at).wrongValue("text", part.path("text"));
        }
    }

    private static long count(JsonNode content, String kind) {
        return content.path("parts")
                .valueStream()
                .filter(part -> part.has(kind))
                .count();
    }
}
