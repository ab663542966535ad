package io.weir.simulators.provider.answer;

import io.weir.simulators.provider.behaviour.Behaviour;
import io.weir.simulators.provider.ledger.TokenCounts;

/// The tokens of a prompt.
///
/// @param tokens all of them
/// @param cached of these, read from the provider's cache
/// @param written of these, written to the provider's cache
public record PromptUse(int tokens, int cached, int written) {

    /// Tokens neither read from the cache nor written to it.
    public int fresh() {
        return tokens - cached - written;
    }

    /// The same where writing to the cache is free and goes unreported.
    public PromptUse withoutWrites() {
        return new PromptUse(tokens, cached, 0);
    }

    /// The same under a behaviour that says how many were cached.
    public PromptUse under(Behaviour behaviour) {
        Integer read = behaviour.cachedTokens();
        Integer write = behaviour.cacheWriteTokens();
        int cachedNow = Math.min(tokens, read == null ? cached : read);
        return new PromptUse(tokens, cachedNow, Math.min(tokens - cachedNow, write == null ? written : write));
    }

    /// As the ledger has them, with what was generated.
    public TokenCounts generating(long textOut, long reasoningOut) {
        return new TokenCounts(tokens, cached, written, textOut, reasoningOut);
    }
}
