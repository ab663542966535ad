package io.weir.simulators.provider.anthropic;

import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The models on offer. As with Anthropic, an alias answers under its dated name, and both can be asked for.
final class AnthropicModels {

    private static final Map<String, AnthropicModel> BY_ID = Stream.of(
                    new AnthropicModel("claude-haiku-4-5", "claude-haiku-4-5-20251001", 200_000, 64_000),
                    new AnthropicModel("claude-sonnet-4-5", "claude-sonnet-4-5-20250929", 1_000_000, 64_000),
                    new AnthropicModel("claude-opus-4-6", "claude-opus-4-6", 1_000_000, 128_000))
            .flatMap(model -> Stream.of(model, model.dated()).distinct())
            .collect(Collectors.toUnmodifiableMap(AnthropicModel::id, model -> model));

    private AnthropicModels() {}

    /// Refuses with `not_found_error` what is not on offer.
    static AnthropicModel named(String id) {
        AnthropicModel model = BY_ID.get(id);
        if (model == null) {
            throw AnthropicException.unknownModel(id);
        }
        return model;
    }

    /// A model on offer.
    ///
    /// @param servedAs the dated name that answers carry
    /// @param contextTokens prompt and answer together
    /// @param outputTokens longest answer
    record AnthropicModel(String id, String servedAs, int contextTokens, int outputTokens) {

        AnthropicModel dated() {
            return new AnthropicModel(servedAs, servedAs, contextTokens, outputTokens);
        }
    }
}
