package io.weir.simulators.provider.generation;

import java.util.SplittableRandom;

/// How long an answer is when nothing cuts it: log-normal about the median of its task class, the same for the same
/// seed. With this sigma 98.6% of the lengths lie within 20% of the median, so that a good estimator can be told from a
/// bad one.
public final class AnswerLength {

    private static final double SIGMA = 0.08;
    private static final double REASONING_SHARE = 0.5;

    // Keeps the draw of the reasoning apart from that of the answer.
    private static final long REASONING_SEED = 0x5EA50717L;

    private AnswerLength() {}

    /// Tokens of the answer that the client sees; at least 1.
    public static int natural(TaskClass task, long seed) {
        return drawn(task.medianTokens(), seed);
    }

    /// Tokens that a reasoning model thinks before it answers; at least 1.
    public static int reasoning(TaskClass task, long seed) {
        return drawn(task.medianTokens() * REASONING_SHARE, seed ^ REASONING_SEED);
    }

    private static int drawn(double median, long seed) {
        double deviation = new SplittableRandom(seed).nextGaussian();
        return (int) Math.max(1, Math.round(median * Math.exp(SIGMA * deviation)));
    }
}
