package io.weir.simulators.provider.answer;

import io.weir.simulators.provider.generation.PromptTally;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// What a request asks of the model, apart from its wire form.
///
/// @param firstUserText decides the task class
/// @param lastUserText a tool whose name it says is called; empty when the last message is not the user's
/// @param answerSchema the JSON schema that the answer fits; null: prose
/// @param maxTokens most tokens of the answer, what is thought included
/// @param seed the client's own seed, 0 if it gave none
/// @param reasons whether the model thinks before it answers
public record Question(
        PromptTally prompt,
        String firstUserText,
        String lastUserText,
        List<Function> functions,
        ToolChoice toolChoice,
        @Nullable JsonNode answerSchema,
        int maxTokens,
        List<String> stops,
        long seed,
        boolean reasons) {

    public Question {
        functions = List.copyOf(functions);
        stops = List.copyOf(stops);
    }
}
