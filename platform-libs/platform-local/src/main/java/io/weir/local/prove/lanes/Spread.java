package io.weir.local.prove.lanes;

import java.util.Arrays;
import java.util.Locale;

/// One figure of several rounds: its median, and between what it lay. All NaN where there is no round.
record Spread(double median, double least, double most) {

    static Spread of(double... rounds) {
        if (rounds.length == 0) {
            return new Spread(Double.NaN, Double.NaN, Double.NaN);
        }
        double[] sorted = rounds.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        double median = sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new Spread(median, sorted[0], sorted[sorted.length - 1]);
    }

    /// `1.42 (1.30 to 1.71)`, after dividing by `unit`; `-` where there is none.
    String text(String format, double unit) {
        if (Double.isNaN(median)) {
            return "-";
        }
        String pattern = format + " (" + format + " to " + format + ")";
        return String.format(Locale.ROOT, pattern, median / unit, least / unit, most / unit);
    }
}
