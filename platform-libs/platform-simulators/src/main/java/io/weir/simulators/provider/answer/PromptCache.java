package io.weir.simulators.provider.answer;

import io.weir.simulators.provider.generation.PromptTally;
import io.weir.simulators.provider.generation.Tokenizer;
import java.util.LinkedHashMap;
import java.util.Map;

/// Remembers the long beginnings of prompts by caller and model, as providers cache them. Nothing expires but the
/// oldest of very many. Safe for concurrent use.
public final class PromptCache {

    // The shortest beginning that OpenAI, Anthropic and Gemini cache for their usual models.
    private static final int SHORTEST = 1_024;

    private static final int REMEMBERED = 10_000;

    private final Tokenizer tokenizer;
    private final Map<Beginning, Boolean> seen = new LinkedHashMap<>();

    public PromptCache(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    /// What of a prompt is read from the cache, and what is written to it. A beginning seen before is read, a new one
    /// written.
    ///
    /// @param beginning the part that can be cached
    /// @param tokens of the whole prompt
    public PromptUse use(Caller caller, PromptTally beginning, int tokens) {
        int length = Math.min(tokens, beginning.tokens(tokenizer));
        if (length < SHORTEST) {
            return new PromptUse(tokens, 0, 0);
        }
        boolean known = remember(new Beginning(caller, beginning.fingerprint()));
        return new PromptUse(tokens, known ? length : 0, known ? 0 : length);
    }

    private synchronized boolean remember(Beginning beginning) {
        if (seen.putIfAbsent(beginning, Boolean.TRUE) != null) {
            return true;
        }
        if (seen.size() > REMEMBERED) {
            seen.remove(seen.keySet().iterator().next());
        }
        return false;
    }

    /// Whose cache it is: providers keep one for each key and model.
    public record Caller(String key, String model) {}

    private record Beginning(Caller caller, long fingerprint) {}
}
