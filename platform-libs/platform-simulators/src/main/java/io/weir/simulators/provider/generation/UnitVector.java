package io.weir.simulators.provider.generation;

import java.util.SplittableRandom;

/// Embeddings without a model: the same text gives the same vector of length 1, another text another one.
public final class UnitVector {

    private UnitVector() {}

    /// As with models that can shorten their vectors, fewer dimensions are the first ones, scaled to length 1 again.
    ///
    /// @param dimensions at least 1
    public static float[] of(String model, String text, int dimensions) {
        SplittableRandom random = new SplittableRandom(31L * model.hashCode() + text.hashCode());
        double[] raw = new double[dimensions];
        double squares = 0;
        for (int i = 0; i < dimensions; i++) {
            raw[i] = random.nextGaussian();
            squares += raw[i] * raw[i];
        }
        double length = Math.sqrt(squares);
        float[] vector = new float[dimensions];
        for (int i = 0; i < dimensions; i++) {
            vector[i] = (float) (raw[i] / length);
        }
        return vector;
    }
}
