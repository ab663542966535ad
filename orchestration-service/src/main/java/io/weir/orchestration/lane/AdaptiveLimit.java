package io.weir.orchestration.lane;

import com.netflix.concurrency.limits.Limit;
import com.netflix.concurrency.limits.limit.AIMDLimit;
import com.netflix.concurrency.limits.limit.Gradient2Limit;
import com.netflix.concurrency.limits.limit.WindowedLimit;
import java.util.concurrent.TimeUnit;

/// How many calls at the same time a model takes well: the least of what follows from refusals and
/// timeouts, from the time until streams begin, and from the time that whole answers take for their
/// length. Safe for use by many threads.
final class AdaptiveLimit {

    private static final double TOLERATED = 2;
    private static final double BACK_OFF = 0.8;
    private static final double SMOOTHING = 0.5;
    private static final int WINDOW = 10;
    private static final long SHORTEST_WINDOW_MS = 100;
    private static final long LONGEST_WINDOW_MS = 500;
    private static final int GROWTH = 4;

    private final Limit refusals;
    private final Limit beginnings;
    private final Limit wholes;

    /// Begins with the most: only what is seen makes it less.
    AdaptiveLimit(int least, int most) {
        int start = Math.max(least, most);
        this.refusals = windowed(AIMDLimit.newBuilder()
                .initialLimit(start)
                .minLimit(least)
                .maxLimit(start)
                .backoffRatio(BACK_OFF)
                .timeout(1, TimeUnit.DAYS)
                .build());
        this.beginnings = windowed(gradient(least, start));
        this.wholes = windowed(gradient(least, start));
    }

    private static Limit gradient(int least, int start) {
        return Gradient2Limit.newBuilder()
                .initialLimit(start)
                .minLimit(least)
                .maxConcurrency(start)
                .rttTolerance(TOLERATED)
                .smoothing(SMOOTHING)
                .queueSizeFunction(limit -> Math.max(GROWTH, limit / GROWTH))
                .build();
    }

    private static Limit windowed(Limit limit) {
        return WindowedLimit.newBuilder()
                .minWindowTime(SHORTEST_WINDOW_MS, TimeUnit.MILLISECONDS)
                .maxWindowTime(LONGEST_WINDOW_MS, TimeUnit.MILLISECONDS)
                .windowSize(WINDOW)
                .build(limit);
    }

    int limit() {
        return Math.min(refusals.getLimit(), Math.min(beginnings.getLimit(), wholes.getLimit()));
    }

    /// A stream began.
    void began(long at, long nanos, int running) {
        refusals.onSample(at, nanos, running, false);
        beginnings.onSample(at, nanos, running, false);
    }

    /// A whole answer came.
    ///
    /// @param nanos for its length, so that long answers do not look like a slow provider
    void came(long at, long nanos, int running) {
        refusals.onSample(at, nanos, running, false);
        wholes.onSample(at, nanos, running, false);
    }

    /// The provider had too much to do, or did not answer in time.
    void tooMuch(long at, long nanos, int running) {
        refusals.onSample(at, nanos, running, true);
    }
}
