package io.weir.r2dbc.governance;

import java.util.Arrays;

/// How many connections are in use at most: fewer when the server slows down under them, one more per second when it
/// does not (additive increase, multiplicative decrease). Guarded by the lock of [FairShares].
///
/// What slows down is told by the tenants, one vote each: the median of how much longer than usual each one's
/// transactions take. So no tenant's own slow statements, however many, shrink what is everybody's.
final class AdaptiveLimit {

    private static final double SLOW = 2.0;
    private static final double FINE = 1.5;
    private static final double DECREASE = 0.9;
    private static final double DROP = 0.75;
    private static final int QUORUM = 3;

    private final int min;
    private final int max;
    private int limit;

    AdaptiveLimit(int min, int max) {
        this.max = max;
        this.min = Math.min(max, min > 0 ? min : Math.max(2, max / 4));
        this.limit = max;
    }

    int limit() {
        return limit;
    }

    /// After a second.
    ///
    /// @param slowdowns one for each tenant that was there, 1.0 being as usual
    /// @param dropped whether the server or the pool refused work for want of connections
    /// @param saturated whether all that the limit allows was in use
    void adjust(double[] slowdowns, boolean dropped, boolean saturated) {
        double median = median(slowdowns);
        if (dropped) {
            limit = Math.max(min, (int) Math.floor(limit * DROP));
        } else if (slowdowns.length >= QUORUM && median > SLOW) {
            limit = Math.max(min, (int) Math.floor(limit * DECREASE));
        } else if (limit < max && (saturated || slowdowns.length == 0 || median < FINE)) {
            limit++;
        }
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted.length == 0 ? 1 : sorted[sorted.length / 2];
    }
}
