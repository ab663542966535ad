package io.weir.orchestration.dialect;

import java.util.Map;
import java.util.TreeMap;

/// What a provider was seen to generate, for when it does not say itself how much that was.
public final class Produced {

    private final Map<Integer, StringBuilder> texts = new TreeMap<>();
    private final Map<Integer, StringBuilder> arguments = new TreeMap<>();
    private int toolCalls;
    private long size;

    void text(int choice, String text) {
        size += bytes(text);
        texts.computeIfAbsent(choice, index -> new StringBuilder()).append(text);
    }

    void arguments(int choice, String text) {
        size += bytes(text);
        arguments.computeIfAbsent(choice, index -> new StringBuilder()).append(text);
    }

    void toolCall() {
        toolCalls++;
        size++;
    }

    // Of UTF-8; half of a pair counts as two.
    private static long bytes(String text) {
        long bytes = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            bytes += c < 0x80 ? 1 : c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
        }
        return bytes;
    }

    /// No fewer than its tokens: no token is shorter than a byte.
    public long bound() {
        return size;
    }

    /// What was generated so far, for another thread.
    public Produced copy() {
        Produced copy = new Produced();
        texts.forEach((choice, text) -> copy.texts.put(choice, new StringBuilder(text)));
        arguments.forEach((choice, text) -> copy.arguments.put(choice, new StringBuilder(text)));
        copy.toolCalls = toolCalls;
        copy.size = size;
        return copy;
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
