package io.weir.gateway.limit;

/// The generic cell rate algorithm: a bucket of permits in one number, the time at which it is full again. The script
/// of [RedisLimitStore] computes the same. Not safe for several threads.
final class PermitBucket {

    // Whole permits in spite of rounding.
    private static final double GRAIN = 0.000_001;

    private double fullAt = Double.NEGATIVE_INFINITY;

    /// @param now in microseconds of any one clock; a clock that went back finds the bucket empty at worst
    Grant take(long now, Claim claim) {
        double interval = claim.intervalMicros();
        double empty = now + claim.depth() * interval;
        double at = Math.min(Math.max(fullAt, (double) now), empty);
        at = Math.clamp(at + claim.spent() * interval, (double) now, empty);
        int free = (int) Math.floor((empty - at) / interval + GRAIN);
        int granted = Math.clamp(claim.wanted(), 0, free);
        fullAt = at + granted * interval;
        long wait = granted > 0 ? 0 : (long) Math.ceil(Math.max(0, at + interval - empty));
        return new Grant(granted, free - granted, wait);
    }
}
