package io.weir.simulators.provider.openai;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// A valid chat-completions request, as far as the simulator minds it.
///
/// @param maxTokens limit of each choice, from `max_completion_tokens` or `max_tokens`; null: none asked
/// @param seed the client's own seed, 0 if it gave none
record ChatRequest(
        OpenAiModel model,
        List<JsonNode> messages,
        JsonNode tools,
        ToolChoice toolChoice,
        boolean stream,
        boolean includeUsage,
        int choices,
        @Nullable Integer maxTokens,
        List<String> stop,
        long seed) {

    /// Which tool the client wants called.
    sealed interface ToolChoice {

        record None() implements ToolChoice {}

        record Auto() implements ToolChoice {}

        record Required() implements ToolChoice {}

        record Named(String name) implements ToolChoice {}
    }
}
