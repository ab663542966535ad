package io.weir.simulators.provider.openai;

import java.util.List;

/// The whole answer to a request, before it is put on the wire.
///
/// @param created Unix seconds
record Completion(String id, long created, String model, int promptTokens, List<Choice> choices) {

    Completion {
        choices = List.copyOf(choices);
    }

    int completionTokens() {
        return choices.stream().mapToInt(Choice::tokens).sum();
    }
}
