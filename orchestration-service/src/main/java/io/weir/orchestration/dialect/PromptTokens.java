package io.weir.orchestration.dialect;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Counts a request's prompt as OpenAI's published rule does: 3 tokens open each message, then those of its role and
/// content, 1 and its tokens for a name, 3 open the answer. Tools count as their JSON, a picture as 85 tokens; their
/// rules are not public. Serves where the provider reports nothing, and for the context window. Not for event loops.
public final class PromptTokens {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int PER_MESSAGE = 3;
    private static final int PER_NAME = 1;
    private static final int ANSWER_OPENING = 3;
    private static final int PER_IMAGE = 85;

    private final Tokenizer tokenizer;
    private long tokens = ANSWER_OPENING;

    private PromptTokens(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    public static long count(ChatRequest request, Tokenizer tokenizer) {
        JsonNode body = JSON.readTree(request.body());
        PromptTokens prompt = new PromptTokens(tokenizer);
        body.path("messages").values().forEach(prompt::add);
        body.path("tools").values().forEach(tool -> prompt.text(tool.toString()));
        return prompt.tokens;
    }

    private void add(JsonNode message) {
        tokens += PER_MESSAGE;
        text(message.path("role").asString(""));
        content(message.path("content"));
        if (message.path("name").isString()) {
            tokens += PER_NAME;
            text(message.path("name").stringValue());
        }
        for (JsonNode call : message.path("tool_calls").values()) {
            text(call.path("function").path("name").asString(""));
            text(call.path("function").path("arguments").asString(""));
        }
    }

    private void content(JsonNode content) {
        if (!content.isArray()) {
            text(content.asString(""));
            return;
        }
        for (JsonNode part : content.values()) {
            if (part.path("type").asString("").equals("image_url")) {
                tokens += PER_IMAGE;
            } else {
                text(part.path("text").asString(""));
            }
        }
    }

    private void text(String text) {
        tokens += tokenizer.count(text);
    }
}
