package io.weir.orchestration.embedding;

import io.weir.orchestration.dialect.ReportedUsage;
import java.util.List;
import java.util.Optional;

/// A provider's answer: one vector per input, in the order of the inputs.
///
/// @param usage empty: the provider told none
record EmbeddingAnswer(List<float[]> vectors, Optional<ReportedUsage> usage) {

    EmbeddingAnswer {
        vectors = List.copyOf(vectors);
    }

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
