package io.weir.local.prove.load;

import java.util.List;
import java.util.concurrent.TimeUnit;

/// Of times.
public final class Quantile {

    private static final double NANOS_PER_MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    private Quantile() {}

    /// In milliseconds; 0 where there are none.
    ///
    /// @param share 0.99 for the 99th percentile
    public static double millis(List<Long> nanos, double share) {
        if (nanos.isEmpty()) {
            return 0;
        }
        List<Long> sorted = nanos.stream().sorted().toList();
        int index = (int) Math.ceil(share * sorted.size()) - 1;
        return sorted.get(Math.clamp(index, 0, sorted.size() - 1)) / NANOS_PER_MILLI;
    }
}
