package io.weir.simulators.provider.anthropic;

import io.weir.simulators.provider.answer.ToolChoice;
import io.weir.simulators.provider.anthropic.AnthropicModels.AnthropicModel;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// A valid messages request, as far as the simulator minds it.
///
/// @param system a text or text blocks; missing when there is none
/// @param answerSchema the JSON schema that the answer fits; null: prose
/// @param thinks whether the client switched extended thinking on
record MessageRequest(
        AnthropicModel model,
        JsonNode system,
        List<JsonNode> messages,
        JsonNode tools,
        ToolChoice toolChoice,
        @Nullable JsonNode answerSchema,
        boolean stream,
        int maxTokens,
        List<String> stop,
        boolean thinks) {}
