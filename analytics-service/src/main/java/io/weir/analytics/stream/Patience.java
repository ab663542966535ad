package io.weir.analytics.stream;

import java.time.Duration;

/// How long to wait before something that failed is tried again, and whether to say so once more. Confined to
/// one thread.
final class Patience {

    private static final Duration SHORTEST = Duration.ofMillis(100);
    private static final Duration LONGEST = Duration.ofMillis(500);
    private static final long SAY_EVERY = Duration.ofMinutes(1).toNanos();

    private Duration next = SHORTEST;
    private boolean said;
    private long saidAt;

    /// The pause after another failure: longer each time, up to half a second.
    Duration pause() {
        Duration pause = next;
        Duration twice = pause.plus(pause);
        next = twice.compareTo(LONGEST) > 0 ? LONGEST : twice;
        return pause;
    }

    /// Whether to log it: the first time, and once a minute from then on.
    ///
    /// @param now a reading of [System#nanoTime()]
    boolean says(long now) {
        if (said && now - saidAt < SAY_EVERY) {
            return false;
        }
        said = true;
        saidAt = now;
        return true;
    }

    /// It works again.
    void restore() {
        next = SHORTEST;
    }
}
