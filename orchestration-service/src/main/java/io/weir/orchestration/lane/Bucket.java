package io.weir.orchestration.lane;

import java.util.concurrent.TimeUnit;

/// A token bucket. What is taken may exceed what it holds, where that is more than it ever holds; then
/// it is in debt. Not safe for use by several threads.
final class Bucket {

    private static final double NANOS_PER_MINUTE = TimeUnit.MINUTES.toNanos(1);

    private final double perNano;
    private final double most;
    private double level;
    private long at;

    /// Full.
    ///
    /// @param most that it holds
    Bucket(double perMinute, double most, long now) {
        if (!(perMinute > 0 && most > 0)) {
            throw new IllegalArgumentException(
                    "bucket: " + perMinute + " a minute, at most " + most + " (expected: above 0)");
        }
        this.perNano = perMinute / NANOS_PER_MINUTE;
        this.most = most;
        this.level = most;
        this.at = now;
    }

    /// Nanoseconds until so much can be taken; 0: now.
    long until(double amount, long now) {
        refill(now);
        double lacking = Math.min(amount, most) - level;
        return lacking <= 0 ? 0 : Math.max(1, (long) Math.ceil(lacking / perNano));
    }

    /// Negative: it is given back.
    void take(double amount) {
        level = Math.min(most, level - amount);
    }

    /// Holds no more than that at present.
    void atMost(double amount, long now) {
        refill(now);
        level = Math.min(level, amount);
    }

    /// As long as the same was left at that rate.
    void startAt(double amount) {
        level = Math.min(most, amount);
    }

    double level(long now) {
        refill(now);
        return level;
    }

    double most() {
        return most;
    }

    /// Nanoseconds of its rate.
    double nanos(double amount) {
        return amount / perNano;
    }

    private void refill(long now) {
        if (now - at > 0) {
            level = Math.min(most, level + (now - at) * perNano);
            at = now;
        }
    }
}
