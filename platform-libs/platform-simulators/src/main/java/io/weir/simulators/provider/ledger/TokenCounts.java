package io.weir.simulators.provider.ledger;

/// The tokens of one call, as a provider bills them.
///
/// @param textIn the whole prompt
/// @param cachedIn of it, read from the provider's cache
/// @param cacheWriteIn of it, written to the provider's cache
/// @param textOut all that was generated
/// @param reasoningOut of it, thought and not shown
public record TokenCounts(long textIn, long cachedIn, long cacheWriteIn, long textOut, long reasoningOut) {

    /// Of a call that generated nothing.
    public static final TokenCounts NONE = new TokenCounts(0, 0, 0, 0, 0);

    /// A prompt that is read, as for an embedding.
    public static TokenCounts read(long textIn) {
        return new TokenCounts(textIn, 0, 0, 0, 0);
    }

    /// The same with more generated.
    public TokenCounts plusOut(long tokens) {
        return new TokenCounts(textIn, cachedIn, cacheWriteIn, textOut + tokens, reasoningOut);
    }
}
