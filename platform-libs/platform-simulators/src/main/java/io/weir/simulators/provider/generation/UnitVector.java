package io.weir.simulators.provider.generation;

import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.regex.Pattern;

/// Embeddings without a model: the same text gives the same vector of length 1, another text another one, and texts
/// that share words point alike.
public final class UnitVector {

    private static final Pattern GAPS = Pattern.compile("[^\\p{L}\\p{N}]+");
    private static final int READ = 8_192;
    private static final int WORDS = 16;
    private static final double OWN = 0.5;

    private UnitVector() {}

    /// As with models that can shorten their vectors, fewer dimensions are the first ones, scaled to length 1 again.
    ///
    /// @param dimensions at least 1
    public static float[] of(String model, String text, int dimensions) {
        double[] raw = new double[dimensions];
        add(raw, 31L * model.hashCode() + text.hashCode(), OWN);
        String read = text.substring(0, Math.min(text.length(), READ)).toLowerCase(Locale.ROOT);
        Arrays.stream(GAPS.split(read))
                .filter(word -> !word.isEmpty())
                .limit(WORDS)
                .forEach(word -> add(raw, 31L * model.hashCode() + word.hashCode() + 1, 1));
        double squares = 0;
        for (double each : raw) {
            squares += each * each;
        }
        double length = Math.sqrt(squares);
        float[] vector = new float[dimensions];
        for (int i = 0; i < dimensions; i++) {
            vector[i] = (float) (raw[i] / length);
        }
        return vector;
    }

    private static void add(double[] raw, long seed, double weight) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < raw.length; i++) {
            raw[i] += weight * random.nextGaussian();
        }
    }
}
