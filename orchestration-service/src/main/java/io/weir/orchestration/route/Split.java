package io.weir.orchestration.route;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/// Shares the calls that name one model among several, by weight. Which one a call gets depends on its id alone, so
/// that
/// every instance chooses equally; a larger weight moves calls to its model and none between the others (weighted
/// rendezvous hashing, Schindelhauer and Schomaker 2005).
///
/// @param name as calls name it
/// @param weights by model; 0: no calls
public record Split(String name, Map<String, Integer> weights) {

    private static final double BITS_53 = 0x1p-53;

    public Split {
        weights = Map.copyOf(weights);
        weights.forEach((model, weight) -> {
            if (weight < 0 || weight > 1_000_000) {
                throw new IllegalArgumentException(
                        "weir.routing.splits." + name + "." + model + ": " + weight + " (expected: 0 to 1,000,000)");
            }
        });
    }

    /// The model that the call gets, then those that stand in for it. Empty where none has a weight and is offered.
    List<String> models(String requestId, Predicate<String> offered) {
        return weights.entrySet().stream()
                .filter(entry -> entry.getValue() > 0 && offered.test(entry.getKey()))
                .map(entry -> new Drawn(entry.getKey(), distance(requestId, entry.getKey(), entry.getValue())))
                .sorted(Comparator.comparingDouble(Drawn::distance).thenComparing(Drawn::model))
                .map(Drawn::model)
                .toList();
    }

    private record Drawn(String model, double distance) {}

    // Exponentially distributed with the weight as its rate; StrictMath, since all machines must agree.
    private double distance(String requestId, String model, int weight) {
        return -StrictMath.log(uniform(requestId, model)) / weight;
    }

    // In (0, 1].
    private double uniform(String requestId, String model) {
        byte[] hash = sha256(name + "\n" + model + "\n" + requestId);
        long bits = 0;
        for (int i = 0; i < Long.BYTES; i++) {
            bits = bits << Byte.SIZE | (hash[i] & 0xFF);
        }
        return ((bits >>> 11) + 1) * BITS_53;
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
