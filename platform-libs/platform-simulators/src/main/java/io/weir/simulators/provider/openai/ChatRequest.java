package io.weir.simulators.provider.openai;

import io.weir.simulators.provider.answer.ToolChoice;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// A valid chat-completions request, as far as the simulator minds it.
///
/// @param answerSchema the JSON schema of the answer; an empty one for any JSON object; null: prose
/// @param maxTokens limit of each choice, from `max_completion_tokens` or `max_tokens`; null: none asked
/// @param seed the client's own seed, 0 if it gave none
/// @param reasons whether the model is to think before it answers
record ChatRequest(
        OpenAiModel model,
        List<JsonNode> messages,
        JsonNode tools,
        ToolChoice toolChoice,
        @Nullable JsonNode answerSchema,
        boolean stream,
        boolean includeUsage,
        int choices,
        @Nullable Integer maxTokens,
        List<String> stop,
        long seed,
        boolean reasons) {}
