package io.weir.simulators.provider.openai;

import io.weir.simulators.provider.generation.Tokenizer;
import java.util.ArrayList;
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

    private final List<String> texts = new ArrayList<>();
    private int fixedTokens = ANSWER_OPENING;

    private Prompt() {}

    static Prompt of(ChatRequest request) {
        Prompt prompt = new Prompt();
        request.messages().forEach(prompt::add);
        request.tools().values().forEach(tool -> prompt.texts.add(tool.toString()));
        return prompt;
    }

    int tokens(Tokenizer tokenizer) {
        return fixedTokens + texts.stream().mapToInt(tokenizer::count).sum();
    }

    /// Equal for equal prompts.
    long fingerprint() {
        long fingerprint = 17;
        for (String text : texts) {
            fingerprint = fingerprint * 1_000_003 + text.hashCode();
        }
        return fingerprint;
    }

    /// The text of a message, its parts joined.
    static String textOf(JsonNode message) {
        JsonNode content = message.path("content");
        return content.isArray()
                ? content.valueStream()
                        .map(part -> part.path("text").asString(""))
                        .collect(Collectors.joining(" "))
                : content.asString("");
    }

    private void add(JsonNode message) {
        fixedTokens += PER_MESSAGE;
        texts.add(message.path("role").asString(""));
        addContent(message.path("content"));
        if (message.path("name").isString()) {
            fixedTokens += PER_NAME;
            texts.add(message.path("name").stringValue());
        }
        for (JsonNode call : message.path("tool_calls").values()) {
            texts.add(call.path("function").path("name").asString(""));
            texts.add(call.path("function").path("arguments").asString(""));
        }
    }

    private void addContent(JsonNode content) {
        if (!content.isArray()) {
            texts.add(content.asString(""));
            return;
        }
        for (JsonNode part : content.values()) {
            if (part.path("type").asString("").equals("image_url")) {
                fixedTokens += PER_IMAGE;
            } else {
                texts.add(part.path("text").asString(""));
            }
        }
    }
}
