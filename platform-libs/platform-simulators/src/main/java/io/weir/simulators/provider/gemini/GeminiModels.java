package io.weir.simulators.provider.gemini;

import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The models on offer.
final class GeminiModels {

    private static final Map<String, GeminiModel> BY_ID = Stream.of(
                    new GeminiModel("gemini-2.5-pro", 1_048_576, 65_536, 0, Thinking.ALWAYS),
                    new GeminiModel("gemini-2.5-flash", 1_048_576, 65_536, 0, Thinking.UNLESS_OFF),
                    new GeminiModel("gemini-2.5-flash-lite", 1_048_576, 65_536, 0, Thinking.WHEN_ASKED),
                    new GeminiModel("gemini-embedding-001", 2_048, 0, 3_072, Thinking.WHEN_ASKED))
            .collect(Collectors.toUnmodifiableMap(GeminiModel::id, model -> model));

    private GeminiModels() {}

    /// A model that generates content. Refuses with `NOT_FOUND` what is not on offer.
    static GeminiModel generating(String id) {
        GeminiModel model = BY_ID.get(id);
        if (model == null || model.outputTokens() == 0) {
            throw GeminiException.unknownModel(id, "generateContent");
        }
        return model;
    }

    /// A model that embeds. Refuses with `NOT_FOUND` what is not on offer.
    static GeminiModel embedding(String id) {
        GeminiModel model = BY_ID.get(id);
        if (model == null || model.dimensions() == 0) {
            throw GeminiException.unknownModel(id, "embedContent");
        }
        return model;
    }

    /// Whether a model thinks before it answers.
    enum Thinking {
        ALWAYS,
        UNLESS_OFF,
        WHEN_ASKED
    }

    /// A model on offer.
    ///
    /// @param inputTokens longest prompt
    /// @param outputTokens longest answer; 0 for a model that generates none
    /// @param dimensions of its vectors; 0 for a model that does not embed
    record GeminiModel(String id, int inputTokens, int outputTokens, int dimensions, Thinking thinking) {}
}
