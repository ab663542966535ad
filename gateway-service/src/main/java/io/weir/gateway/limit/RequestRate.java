package io.weir.gateway.limit;

import java.math.BigDecimal;

/// How often a tenant may call, over all instances: one request per interval in the long run, and a burst after a
/// pause. Over any time t no more than t / interval + burst are admitted.
///
/// @param intervalMicros between two requests, in the mean
/// @param burst that may come at once; at least 1
/// @param stated the requests per second as they were set
record RequestRate(double intervalMicros, double burst, BigDecimal stated) {

    // Of a second's requests: what may come at once where the plan grants no more. Less would refuse calls that are
    // not quite even; more would be too far above the limit within a minute.
    private static final double EVENNESS = 0.5;
    // Of the burst: what the instances may hold ahead. The rest is in the shared bucket.
    private static final double AHEAD = 0.4;
    private static final int LEAST_LEASE = 2;
    private static final double MICROS = 1_000_000;
    private static final double SLOWEST = 0.001;
    private static final double FASTEST = 1_000_000;

    /// @param burstFactor the plan's; 1: no more at once than evenness needs
    static RequestRate of(BigDecimal perSecond, int burstFactor) {
        double rate = Math.clamp(perSecond.doubleValue(), SLOWEST, FASTEST);
        return new RequestRate(MICROS / rate, Math.max(1, rate * EVENNESS * Math.max(1, burstFactor)), perSecond);
    }

    /// Whether nothing at all is allowed.
    boolean isClosed() {
        return stated.signum() <= 0;
    }

    /// Permits that each of that many instances may hold unused; 0: each is fetched when it is needed.
    int ahead(int instances) {
        int share = (int) (burst * AHEAD / instances);
        return share < LEAST_LEASE ? 0 : share;
    }

    /// What the shared bucket holds when it is full. With what the instances hold it makes the burst.
    double depth(int instances) {
        return burst - (double) ahead(instances) * instances;
    }
}
