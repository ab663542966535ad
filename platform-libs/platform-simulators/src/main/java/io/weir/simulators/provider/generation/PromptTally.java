package io.weir.simulators.provider.generation;

import java.util.ArrayList;
import java.util.List;

/// The texts of a prompt, to count and to recognise, whatever the wire form that they came in. Not safe for concurrent
/// use while it is filled.
public final class PromptTally {

    private final List<String> texts = new ArrayList<>();
    private int fixedTokens;

    /// Adds text that is counted by the tokenizer.
    public PromptTally text(String text) {
        texts.add(text);
        return this;
    }

    /// Adds tokens that no text stands for: what opens a message, an image.
    public PromptTally fixed(int tokens) {
        fixedTokens += tokens;
        return this;
    }

    public int tokens(Tokenizer tokenizer) {
        return fixedTokens + texts.stream().mapToInt(tokenizer::count).sum();
    }

    /// Equal for equal prompts.
    public long fingerprint() {
        long fingerprint = 17;
        for (String text : texts) {
            fingerprint = fingerprint * 1_000_003 + text.hashCode();
        }
        return fingerprint;
    }
}
