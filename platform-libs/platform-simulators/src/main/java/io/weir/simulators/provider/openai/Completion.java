package io.weir.simulators.provider.openai;

import io.weir.simulators.provider.answer.PromptUse;
import java.util.List;

/// The whole answer to a request, before it is put on the wire.
///
/// @param created Unix seconds
record Completion(String id, long created, String model, PromptUse prompt, List<Choice> choices) {

    Completion {
        choices = List.copyOf(choices);
    }

    /// All generated tokens, what was thought included.
    int completionTokens() {
        return choices.stream().mapToInt(choice -> choice.answer().tokens()).sum();
    }

    int reasoningTokens() {
        return choices.stream()
                .mapToInt(choice -> choice.answer().reasoningTokens())
                .sum();
    }
}
