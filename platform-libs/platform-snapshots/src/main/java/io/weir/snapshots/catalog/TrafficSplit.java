package io.weir.snapshots.catalog;

import java.util.Map;
import java.util.Objects;

/// Which models share the calls that name one, for a time or for good: a canary's few per cent, or all at once.
///
/// @param name as calls name it; a model's own, or one that no model has
/// @param weights by model, 0 to 1,000,000; 0: no calls
/// @param version rises with every change of the name
public record TrafficSplit(String name, Map<String, Integer> weights, long version) {

    private static final int MOST_MODELS = 100;
    private static final int MOST = 1_000_000;

    public TrafficSplit {
        Objects.requireNonNull(name, "name");
        weights = Map.copyOf(weights);
        if (name.isBlank()) {
            throw new IllegalArgumentException("name: blank (expected: as calls name it)");
        }
        if (weights.isEmpty() || weights.size() > MOST_MODELS) {
            throw new IllegalArgumentException(
                    "weights: of " + weights.size() + " models (expected: 1 to " + MOST_MODELS + ")");
        }
        weights.forEach((model, weight) -> {
            if (weight < 0 || weight > MOST) {
                throw new IllegalArgumentException("weights." + model + ": " + weight + " (expected: 0 to 1,000,000)");
            }
        });
    }
}
