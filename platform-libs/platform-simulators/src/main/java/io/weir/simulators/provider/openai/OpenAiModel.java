package io.weir.simulators.provider.openai;

/// A model on offer.
///
/// @param servedAs the dated name that answers carry
/// @param created Unix seconds
/// @param contextTokens prompt and answer together
/// @param outputTokens longest answer; 0 for a model that does not chat
record OpenAiModel(String id, String servedAs, long created, int contextTokens, int outputTokens) {

    boolean chats() {
        return outputTokens > 0;
    }

    boolean embeds() {
        return id.startsWith("text-embedding-");
    }

    boolean moderates() {
        return id.startsWith("omni-moderation-");
    }

    boolean reasons() {
        return id.startsWith("gpt-5");
    }

    boolean billsCacheWrites() {
        return id.startsWith("gpt-5.6");
    }
}
