package io.weir.analytics.neighbour;

import io.weir.analytics.neighbour.detection.Thresholds;
import io.weir.analytics.neighbour.ladder.Patience;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// When a tenant is noisy, and how patiently it is held back.
///
/// @param automatic false: steps are said and kept, and not done
/// @param step from one window to the next
/// @param window length of what is measured
/// @param delay how late a window is measured, so that its calls are stored
/// @param usual how far back it is looked for what is usual
/// @param share how many times its fair share a noisy tenant takes at least
/// @param slowdown how many times its usual p95 a tenant that suffers has at least
/// @param escalateAfter windows in which a tenant is noisy before it is held back further
/// @param calmAfter windows in a row in which it is not before it is held back less
/// @param lasts how long a stage lasts unless it is renewed
/// @param weights of plans, by their key; plans without one weigh 1
@ConfigurationProperties("weir.analytics.neighbours")
record NeighbourProperties(
        @DefaultValue("true") boolean automatic,
        @DefaultValue("10s") Duration step,
        @DefaultValue("60s") Duration window,
        @DefaultValue("2s") Duration delay,
        @DefaultValue("6h") Duration usual,
        @DefaultValue("3") double share,
        @DefaultValue("1.5") double slowdown,
        @DefaultValue("3") int escalateAfter,
        @DefaultValue("12") int calmAfter,
        @DefaultValue("5m") Duration lasts,
        @Nullable Map<String, Double> weights) {

    private static final Map<String, Double> WEIGHTS =
            Map.of("free", 1.0, "starter", 2.0, "growth", 4.0, "enterprise", 8.0);

    NeighbourProperties {
        positive("step", step);
        positive("lasts", lasts);
        if (window.compareTo(step) < 0 || usual.compareTo(window) < 0 || delay.isNegative()) {
            throw new IllegalArgumentException("weir.analytics.neighbours: step " + step + ", window " + window
                    + ", usual " + usual + ", delay " + delay + " (expected: step <= window <= usual, delay >= 0)");
        }
        if (!(share > 1) || !(slowdown > 1) || escalateAfter < 1 || calmAfter < 1) {
            throw new IllegalArgumentException("weir.analytics.neighbours: share " + share + ", slowdown " + slowdown
                    + ", escalate-after " + escalateAfter + ", calm-after " + calmAfter
                    + " (expected: share and slowdown > 1, the others >= 1)");
        }
        Map<String, Double> all = new HashMap<>(WEIGHTS);
        if (weights != null) {
            all.putAll(weights);
        }
        all.forEach((plan, weight) -> {
            if (!(weight > 0 && weight < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException(
                        "weir.analytics.neighbours.weights." + plan + ": " + weight + " (expected: above 0)");
            }
        });
        weights = Map.copyOf(all);
    }

    private static void positive(String name, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(
                    "weir.analytics.neighbours." + name + ": " + value + " (expected: above 0)");
        }
    }

    double weight(@Nullable String plan) {
        return plan == null || weights == null ? 1 : weights.getOrDefault(plan, 1.0);
    }

    Thresholds thresholds() {
        Thresholds usually = Thresholds.DEFAULT;
        return new Thresholds(
                share,
                usually.calls(),
                usually.growth(),
                usually.victimCalls(),
                usually.usualCalls(),
                slowdown,
                usually.delay(),
                usually.refusals(),
                usually.refusedShare());
    }

    Patience patience() {
        return new Patience(automatic, window, step, escalateAfter, calmAfter, lasts);
    }
}
