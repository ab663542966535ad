package io.weir.local.prove.lanes.generator;

import java.util.Arrays;

/// Percentiles of durations, in nanoseconds; all 0 where there are none. A percentile is the least of the durations
/// that so many of a hundred do not exceed (nearest rank): one that was measured, never one between two.
public record Distribution(long count, long p50, long p99, long most) {

    private static final double MIDDLE = 50;
    private static final double LAST = 99;

    static Distribution of(long... nanos) {
        if (nanos.length == 0) {
            return new Distribution(0, 0, 0, 0);
        }
        long[] sorted = nanos.clone();
        Arrays.sort(sorted);
        return new Distribution(
                sorted.length, percentile(sorted, MIDDLE), percentile(sorted, LAST), sorted[sorted.length - 1]);
    }

    private static long percentile(long[] sorted, double percent) {
        int rank = (int) Math.ceil(percent / 100 * sorted.length);
        return sorted[Math.max(1, rank) - 1];
    }
}
