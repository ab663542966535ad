package io.weir.analytics.neighbour.detection;

import java.time.Duration;

/// From when on a tenant is noisy, and another one suffers.
///
/// @param share how many times its fair share a noisy tenant takes at least
/// @param calls of a noisy tenant in a window, at least
/// @param growth how many times its usual load a noisy tenant brings at least
/// @param victimCalls of a tenant in a window, at least, for its latency to tell anything
/// @param usualCalls that must be known of a tenant's other times, at least, for them to tell anything
/// @param slowdown how many times its usual p95 a tenant that suffers has at least
/// @param delay by how much more than its usual p95, at least
/// @param refusals of a tenant in a window, at least, for them to tell anything
/// @param refusedShare by how much more of its calls than usual are refused, at least, 0 to 1
public record Thresholds(
        double share,
        long calls,
        double growth,
        long victimCalls,
        long usualCalls,
        double slowdown,
        Duration delay,
        long refusals,
        double refusedShare) {

    public static final Thresholds DEFAULT = new Thresholds(3.0, 20, 1.25, 5, 20, 1.5, Duration.ofMillis(50), 3, 0.05);
}
