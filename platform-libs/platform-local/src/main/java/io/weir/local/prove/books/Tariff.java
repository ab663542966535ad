package io.weir.local.prove.books;

import java.util.HashMap;
import java.util.Map;

/// Rates as other calls' settlements name them, by model and meter.
public final class Tariff {

    private final Map<String, Map<String, Long>> rates = new HashMap<>();

    void learn(String model, String meter, long rate) {
        rates.computeIfAbsent(model, absent -> new HashMap<>()).put(meter, rate);
    }

    /// What the attempt costs by what the provider served.
    long cost(String model, Served served) {
        Map<String, Long> meters = rates.getOrDefault(model, Map.of());
        long plain = served.tokensIn() - served.cachedIn() - served.writtenIn();
        long in = meters.getOrDefault("text_in", 0L);
        return plain * in
                + served.cachedIn() * meters.getOrDefault("text_in_cached", in)
                + served.writtenIn() * meters.getOrDefault("cache_write_5m", in)
                + served.tokensOut() * meters.getOrDefault("text_out", 0L);
    }
}
