package io.weir.local.prove;

import java.util.List;

/// The straight line through values at even distances (least squares).
///
/// @param rise of the line from the first value to the last
record Trend(int count, double mean, double rise) {

    /// @param values two at least
    static Trend of(List<Long> values) {
        int count = values.size();
        double mean = values.stream().mapToLong(Long::longValue).average().orElse(0);
        double middle = (count - 1) / 2.0;
        double both = 0;
        double square = 0;
        for (int i = 0; i < count; i++) {
            both += (i - middle) * (values.get(i) - mean);
            square += (i - middle) * (i - middle);
        }
        return new Trend(count, mean, square == 0 ? 0 : both / square * (count - 1));
    }
}
