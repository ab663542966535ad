package io.weir.orchestration.embedding;

import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// A provider's answer: one vector per input, in the order of the inputs.
///
/// @param usage empty: the provider told none that can be believed
record EmbeddingAnswer(List<float[]> vectors, Optional<Counted> usage) {

    EmbeddingAnswer {
        vectors = List.copyOf(vectors);
    }

    /// @param raw as the provider said it
    record Counted(long tokens, JsonNode raw) {}

    /// Whether it answers that request: a vector for each input, all of one length, which is the one that was asked
    /// for.
    boolean fits(EmbeddingRequest request) {
        if (vectors.size() != request.inputs().count()) {
            return false;
        }
        Integer asked = request.dimensions();
        int length = asked == null ? vectors.getFirst().length : asked;
        return length > 0 && vectors.stream().allMatch(vector -> vector.length == length);
    }

    @Override
    public String toString() {
        return "EmbeddingAnswer[" + vectors.size() + " vectors]";
    }
}
