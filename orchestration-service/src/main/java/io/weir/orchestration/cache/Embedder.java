package io.weir.orchestration.cache;

/// Turns a text into a direction, so that texts which say alike point alike. Safe for use by many threads; fast enough
/// to be asked for each of some dozens of messages while a call waits.
@FunctionalInterface
public interface Embedder {

    /// Of length 1, or all 0 where there is nothing to say. Always of the same size.
    float[] embed(String text);

    /// The cosine of two directions: 1 the same, 0 nothing in common.
    static double similarity(float[] one, float[] other) {
        double sum = 0;
        for (int i = 0; i < one.length; i++) {
            sum += one[i] * other[i];
        }
        return sum;
    }
}
