package io.weir.orchestration.forecast;

/// Mean and variance of the logarithm of lengths, in which recent ones weigh more. Not safe for concurrent use.
final class LogLengths {

    // The mean follows a lasting change within some twenty observations.
    private static final double LEAST_WEIGHT = 0.05;

    private int count;
    private double mean;
    private double variance;

    /// Until enough are seen each weighs the same, so that the first ones do not decide. (West, 1979, with a floor on
    /// the newest one's weight.)
    void add(double logarithm) {
        count = Math.min(count + 1, 1_000_000);
        double weight = Math.max(1.0 / count, LEAST_WEIGHT);
        double difference = logarithm - mean;
        double step = weight * difference;
        mean += step;
        variance = (1 - weight) * (variance + difference * step);
    }

    int count() {
        return count;
    }

    double mean() {
        return mean;
    }

    double variance() {
        return variance;
    }
}
