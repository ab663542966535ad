package io.weir.simulators.provider.anthropic;

import io.weir.simulators.provider.generation.PromptTally;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/// The system prompt, messages and tools of a request as texts to count. Anthropic's rule is not public; here each
/// message costs 3 tokens and those of its role and content, a tool its compact JSON, an image 85.
final class MessagePrompt {

    private static final int PER_MESSAGE = 3;
    private static final int ANSWER_OPENING = 3;
    private static final int PER_IMAGE = 85;

    private MessagePrompt() {}

    static PromptTally of(MessageRequest request) {
        PromptTally tally = new PromptTally().fixed(ANSWER_OPENING);
        request.tools().values().forEach(tool -> tally.text(tool.toString()));
        if (!request.system().isMissingNode()) {
            tally.fixed(PER_MESSAGE).text("system");
            addContent(request.system(), tally);
        }
        request.messages().forEach(message -> add(message, tally));
        return tally;
    }

    /// What the client marked with `cache_control`: all up to the last mark. Empty when there is no mark.
    static PromptTally markedOf(MessageRequest request) {
        PromptTally marked = new PromptTally();
        List<JsonNode> blocks = blocks(request).toList();
        int last = -1;
        for (int at = 0; at < blocks.size(); at++) {
            last = blocks.get(at).has("cache_control") ? at : last;
        }
        for (JsonNode block : blocks.subList(0, last + 1)) {
            addBlock(block, marked);
        }
        return marked;
    }

    /// Whether a mark asks to keep it for an hour.
    static boolean longLived(MessageRequest request) {
        return blocks(request)
                .anyMatch(block ->
                        block.path("cache_control").path("ttl").asString("").equals("1h"));
    }

    static String firstUserText(List<JsonNode> messages) {
        return messages.stream()
                .filter(MessagePrompt::isUser)
                .findFirst()
                .map(MessagePrompt::textOf)
                .orElse("");
    }

    static String lastUserText(List<JsonNode> messages) {
        return isUser(messages.getLast()) ? textOf(messages.getLast()) : "";
    }

    private static boolean isUser(JsonNode message) {
        return message.path("role").asString("").equals("user");
    }

    private static String textOf(JsonNode message) {
        return contentOf(message)
                .map(block -> block.path("text").asString(""))
                .collect(Collectors.joining(" "))
                .strip();
    }

    /// All that can carry a mark, in the order that Anthropic caches it.
    private static Stream<JsonNode> blocks(MessageRequest request) {
        return Stream.of(
                        request.tools().valueStream(),
                        request.system().valueStream(),
                        request.messages().stream()
                                .flatMap(message -> message.path("content").valueStream()))
                .flatMap(part -> part);
    }

    private static Stream<JsonNode> contentOf(JsonNode message) {
        JsonNode content = message.path("content");
        return content.isArray()
                ? content.valueStream()
                : Stream.of(JsonNodeFactory.instance
                        .objectNode()
                        .put("type", "text")
                        .put("text", content.asString("")));
    }

    private static void add(JsonNode message, PromptTally tally) {
        tally.fixed(PER_MESSAGE).text(message.path("role").asString(""));
        addContent(message.path("content"), tally);
    }

    private static void addContent(JsonNode content, PromptTally tally) {
        if (!content.isArray()) {
            tally.text(content.asString(""));
            return;
        }
        content.values().forEach(block -> addBlock(block, tally));
    }

    private static void addBlock(JsonNode block, PromptTally tally) {
        switch (block.path("type").asString("")) {
            case "text" -> tally.text(block.path("text").asString(""));
            case "image", "document" -> tally.fixed(PER_IMAGE);
            case "tool_use" ->
                tally.text(block.path("name").asString(""))
                        .text(block.path("input").toString());
            case "tool_result" -> addContent(block.path("content"), tally);
            default -> tally.text(block.toString());
        }
    }
}
