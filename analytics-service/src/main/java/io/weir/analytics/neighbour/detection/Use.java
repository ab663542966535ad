package io.weir.analytics.neighbour.detection;

import io.weir.money.Amount;
import io.weir.tenancy.TenantId;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// How one tenant used one resource in one window.
///
/// @param weight of the tenant's plan, above 0
/// @param units of the resource that it took: tokens and calls of a model, calls of the platform
/// @param calls that were answered
/// @param refused calls for which there was no room
/// @param p95Millis of the answered calls' latency; 0 where there are none
/// @param usual the same tenant at the same resource at other times; null: it was not there
/// @param latest the newest part of the window, which no window before held
public record Use(
        SharedResource resource,
        TenantId tenant,
        double weight,
        long units,
        long calls,
        long refused,
        long p95Millis,
        @Nullable Usual usual,
        Latest latest) {

    public Use {
        Objects.requireNonNull(resource, "resource");
        Objects.requireNonNull(tenant, "tenant");
        Objects.requireNonNull(latest, "latest");
        if (!(weight > 0 && weight < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("weight: " + weight + " (expected: above 0)");
        }
        if (units < 0 || calls < 0 || refused < 0 || p95Millis < 0) {
            throw new IllegalArgumentException("use: " + units + " units, " + calls + " calls, " + refused
                    + " refused, " + p95Millis + " ms (expected: >= 0)");
        }
    }

    /// What is usual for a tenant at a resource.
    ///
    /// @param unitsPerWindow on the average of windows since it was first seen
    /// @param cost of the answered calls, in US dollars
    public record Usual(long calls, long refused, long p95Millis, double unitsPerWindow, Amount cost) {}

    /// Since the window before, so that sums over windows count each call once.
    ///
    /// @param cost of the answered calls, in US dollars
    public record Latest(long calls, long refused, Amount cost) {

        public static final Latest NONE = new Latest(0, 0, Amount.ZERO);
    }

    boolean isActive() {
        return units > 0 || refused > 0;
    }
}
