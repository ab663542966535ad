package io.weir.simulators.provider.openai;

import io.weir.simulators.provider.generation.PromptTally;
import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/// The messages and tools of a request as texts to count.
///
/// OpenAI's published rule: 3 tokens to open each message, the tokens of its role and content, 1 and its tokens for a
/// name, and 3 to open the answer. Its rule for tools and images is not public; here a tool counts as its compact JSON,
/// a tool call as its name and arguments, and an image as 85 tokens.
final class Prompt {

    private static final int PER_MESSAGE = 3;
    private static final int PER_NAME = 1;
    private static final int ANSWER_OPENING = 3;
    private static final int PER_IMAGE = 85;

    private Prompt() {}

    static PromptTally of(ChatRequest request) {
        PromptTally tally = new PromptTally().fixed(ANSWER_OPENING);
        request.messages().forEach(message -> add(message, tally));
        request.tools().values().forEach(tool -> tally.text(tool.toString()));
        return tally;
    }

    /// What OpenAI caches of it here: the instructions that it begins with.
    static PromptTally beginningOf(ChatRequest request) {
        PromptTally tally = new PromptTally();
        request.messages().stream().takeWhile(Prompt::isInstruction).forEach(message -> add(message, tally));
        return tally;
    }

    /// The text of the first user message; empty when there is none.
    static String firstUserText(List<JsonNode> messages) {
        return messages.stream()
                .filter(Prompt::isUser)
                .findFirst()
                .map(Prompt::textOf)
                .orElse("");
    }

    /// The text of the last message; empty when it is not the user's.
    static String lastUserText(List<JsonNode> messages) {
        return isUser(messages.getLast()) ? textOf(messages.getLast()) : "";
    }

    private static boolean isUser(JsonNode message) {
        return message.path("role").asString("").equals("user");
    }

    private static boolean isInstruction(JsonNode message) {
        String role = message.path("role").asString("");
        return role.equals("system") || role.equals("developer");
    }

    private static String textOf(JsonNode message) {
        JsonNode content = message.path("content");
        return content.isArray()
                ? content.valueStream()
                        .map(part -> part.path("text").asString(""))
                        .collect(Collectors.joining(" "))
                : content.asString("");
    }

    private static void add(JsonNode message, PromptTally tally) {
        tally.fixed(PER_MESSAGE).text(message.path("role").asString(""));
        addContent(message.path("content"), tally);
        if (message.path("name").isString()) {
            tally.fixed(PER_NAME).text(message.path("name").stringValue());
        }
        for (JsonNode call : message.path("tool_calls").values()) {
            tally.text(call.path("function").path("name").asString(""));
            tally.text(call.path("function").path("arguments").asString(""));
        }
    }

    private static void addContent(JsonNode content, PromptTally tally) {
        if (!content.isArray()) {
            tally.text(content.asString(""));
            return;
        }
        for (JsonNode part : content.values()) {
            if (part.path("type").asString("").equals("image_url")) {
                tally.fixed(PER_IMAGE);
            } else {
                tally.text(part.path("text").asString(""));
            }
        }
    }
}
