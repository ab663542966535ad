package io.weir.orchestration.dialect;

import java.util.Map;
import java.util.TreeMap;

/// What a provider was seen to generate, for when it does not say itself how much that was.
public final class Produced {

    private final Map<Integer, StringBuilder> texts = new TreeMap<>();
    private final Map<Integer, StringBuilder> arguments = new TreeMap<>();
    private int toolCalls;

    void text(int choice, String text) {
        texts.computeIfAbsent(choice, index -> new StringBuilder()).append(text);
    }

    void arguments(int choice, String text) {
        arguments.computeIfAbsent(choice, index -> new StringBuilder()).append(text);
    }

    void toolCall() {
        toolCalls++;
    }

    /// Its tokens, the opening of a tool call as one. Not for event loops.
    public long tokens(Tokenizer tokenizer) {
        long tokens = toolCalls;
        for (StringBuilder text : texts.values()) {
            tokens += tokenizer.count(text);
        }
        for (StringBuilder text : arguments.values()) {
            tokens += tokenizer.count(text);
        }
        return tokens;
    }
}
