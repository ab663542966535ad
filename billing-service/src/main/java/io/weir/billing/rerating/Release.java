package io.weir.billing.rerating;

import io.weir.billing.rerating.UsageRow.Unpriced;
import io.weir.money.Meter;
import io.weir.money.Quantities;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// How usage that had no price is to be counted.
///
/// @param counters by the provider's counter, `provider:counter`: the meter that its units are of, or null where they
///     are no cost of their own
/// @param measured whether our own count stands in where the provider's cannot be believed
record Release(Map<String, @Nullable Meter> counters, boolean measured) {

    /// Releases nothing but what has a price by now.
    static final Release NOTHING = new Release(Map.of(), false);

    private static final String FREE = "none";

    Release {
        counters = Collections.unmodifiableMap(new TreeMap<>(counters));
    }

    /// What to price; empty where somebody must first say how.
    Optional<Quantities> quantities(UsageRow row) {
        Unpriced unpriced = row.unpriced();
        if (unpriced == null) {
            return Optional.of(row.buckets());
        }
        return switch (unpriced.reason()) {
            case "no_price" -> Optional.of(row.buckets());
            case "not_credible" -> measured ? Optional.of(row.buckets()) : Optional.empty();
            default -> withCounters(row, unpriced.meters());
        };
    }

    private Optional<Quantities> withCounters(UsageRow row, Map<String, Long> counted) {
        Map<Meter, Long> more = new EnumMap<>(Meter.class);
        for (Map.Entry<String, Long> entry : counted.entrySet()) {
            String counter = row.provider() + ":" + entry.getKey();
            if (!counters.containsKey(counter)) {
                return Optional.empty();
            }
            Meter meter = counters.get(counter);
            if (meter != null) {
                more.merge(meter, entry.getValue(), Long::sum);
            }
        }
        return Optional.of(row.buckets().plus(new Quantities(more)));
    }

    /// What either says; this one where both do.
    Release over(Release earlier) {
        Map<String, @Nullable Meter> all = new TreeMap<>(earlier.counters);
        all.putAll(counters);
        return new Release(all, measured || earlier.measured);
    }

    /// Words by counter, as in an order.
    Map<String, String> words() {
        Map<String, String> words = new TreeMap<>();
        counters.forEach((counter, meter) -> words.put(counter, meter == null ? FREE : meter.wireName()));
        return words;
    }

    /// Throws [IllegalArgumentException] where a word is no meter.
    static Release of(Map<String, String> words, boolean measured) {
        Map<String, @Nullable Meter> counters = new TreeMap<>();
        words.forEach((counter, word) -> counters.put(counter, word.equals(FREE) ? null : Meter.of(word)));
        return new Release(counters, measured);
    }
}
