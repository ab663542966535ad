package io.weir.orchestration.cache;

import io.weir.orchestration.budget.Payer;
import java.util.List;
import reactor.core.publisher.Mono;

/// Turns texts into directions, so that texts which say alike point alike. Safe for use by many threads; fast enough to
/// be asked while a call waits.
@FunctionalInterface
public interface Embedder {

    /// One direction for each text, in their order, all of one space: of length 1, or all 0 where there is nothing to
    /// say. Empty where they cannot be known in time; the caller goes on without.
    ///
    /// @param payer on whose account they are found; what one tenant said is of no use to another
    Mono<List<float[]>> directions(Payer payer, List<String> texts);

    /// Knows texts by their words and the letters within them. Asks nobody and costs nothing.
    static Embedder lexical() {
        return new LexicalEmbedder();
    }

    /// The cosine of two directions: 1 the same, 0 nothing in common, which is all that can be said where they are of
    /// different sizes.
    static double similarity(float[] one, float[] other) {
        if (one.length != other.length) {
            return 0;
        }
        double sum = 0;
        for (int i = 0; i < one.length; i++) {
            sum += one[i] * other[i];
        }
        return sum;
    }

    /// The same direction at length 1.
    static float[] normalised(float[] vector) {
        double square = 0;
        for (float value : vector) {
            square += (double) value * value;
        }
        float[] unit = vector.clone();
        if (square > 0) {
            float length = (float) Math.sqrt(square);
            for (int i = 0; i < unit.length; i++) {
                unit[i] /= length;
            }
        }
        return unit;
    }
}
