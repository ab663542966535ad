package io.weir.money;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Splits a rounded total over shares so that the parts add up to it exactly (Hamilton's method):
/// each part is rounded down, then the units left over go to the largest remainders, ties by key.
public final class LargestRemainder {

    private LargestRemainder() {}

    /// Splits `total`, given in minor units, in proportion to the weights.
    /// Throws [IllegalArgumentException] when there is no positive weight, or one is negative.
    public static <K extends Comparable<K>> Map<K, Long> split(long total, Map<K, BigDecimal> weights) {
        BigDecimal sum = weights.values().stream().reduce(BigDecimal.ZERO, BigDecimal::add);
        if (sum.signum() <= 0 || weights.values().stream().anyMatch(weight -> weight.signum() < 0)) {
            throw new IllegalArgumentException("weights: " + weights + " (expected: none negative, one positive)");
        }
        List<Share<K>> shares = new ArrayList<>();
        for (Map.Entry<K, BigDecimal> weight : weights.entrySet()) {
            shares.add(Share.of(weight.getKey(), total, weight.getValue(), sum));
        }
        long left = Math.abs(total) - shares.stream().mapToLong(Share::units).sum();
        List<Share<K>> byRemainder = shares.stream()
                .sorted(Comparator.<Share<K>, BigInteger>comparing(Share::remainder)
                        .reversed()
                        .thenComparing(Share::key))
                .toList();
        Map<K, Long> parts = new LinkedHashMap<>();
        weights.keySet().forEach(key -> parts.put(key, 0L));
        for (int rank = 0; rank < byRemainder.size(); rank++) {
            Share<K> share = byRemainder.get(rank);
            long units = share.units() + (rank < left ? 1 : 0);
            parts.put(share.key(), total < 0 ? -units : units);
        }
        return parts;
    }

    private record Share<K>(K key, long units, BigInteger remainder) {

        static <K> Share<K> of(K key, long total, BigDecimal weight, BigDecimal sum) {
            int scale = Math.max(Math.max(weight.scale(), sum.scale()), 0);
            BigInteger numerator = BigInteger.valueOf(Math.abs(total))
                    .multiply(weight.setScale(scale, RoundingMode.UNNECESSARY).unscaledValue());
            BigInteger[] parts = numerator.divideAndRemainder(
                    sum.setScale(scale, RoundingMode.UNNECESSARY).unscaledValue());
            return new Share<>(key, parts[0].longValueExact(), parts[1]);
        }
    }
}
