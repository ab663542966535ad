package io.weir.simulators.provider.gemini;

import io.weir.simulators.provider.answer.Function;
import io.weir.simulators.provider.answer.ToolChoice;
import io.weir.simulators.provider.gemini.GeminiModels.GeminiModel;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// A valid content request, as far as the simulator minds it.
///
/// @param systemInstruction a content; missing when there is none
/// @param answerSchema the JSON schema that the answer fits, an empty one for any JSON; null: prose
/// @param candidates answers asked for
/// @param maxTokens of each answer, what is thought included
record ContentRequest(
        GeminiModel model,
        JsonNode systemInstruction,
        List<JsonNode> contents,
        JsonNode tools,
        List<Function> functions,
        ToolChoice toolChoice,
        @Nullable JsonNode answerSchema,
        int candidates,
        int maxTokens,
        List<String> stop,
        long seed,
        boolean thinks) {}
