package io.weir.local.prove.lanes.generator;

import java.util.Arrays;

/// Durations in nanoseconds, every one of them, as exact percentiles need them; those beyond some millions are not
/// kept. Not safe for use by several threads.
final class Samples {

    private static final int FEW = 4_096;
    private static final int MOST = 4_000_000;

    private long[] nanos = new long[FEW];
    private int count;

    void add(long duration) {
        if (count == MOST) {
            return;
        }
        if (count == nanos.length) {
            nanos = Arrays.copyOf(nanos, Math.min(MOST, count * 2));
        }
        nanos[count++] = duration;
    }

    Distribution distribution() {
        return Distribution.of(Arrays.copyOf(nanos, count));
    }
}
