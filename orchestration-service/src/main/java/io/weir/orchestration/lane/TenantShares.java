package io.weir.orchestration.lane;

import io.weir.tenancy.TenantId;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// What single tenants may have of what all share, where that is less than everybody's. Restrictions
/// end by themselves. Safe for use by many threads; asked at every call, so that nothing here waits.
public final class TenantShares {

    // However low a weight is told, what waits is served in the end.
    private static final double LEAST_WEIGHT = 0.01;

    private final InstantSource clock;
    private final Map<TenantId, Restriction> restricted = new ConcurrentHashMap<>();

    public TenantShares(InstantSource clock) {
        this.clock = clock;
    }

    /// @param weight beside everybody's 1
    /// @param maxConcurrency calls at the same time in each process; null: as many as it likes
    public record Restriction(double weight, @Nullable Integer maxConcurrency, Instant until) {

        /// Nothing is restricted.
        static final Restriction NONE = new Restriction(1, null, Instant.MAX);
    }

    /// From now on, in place of what was said of that tenant before.
    ///
    /// @param weight 0 to 1; at least a hundredth counts
    public void restrict(TenantId tenant, double weight, @Nullable Integer maxConcurrency, Instant until) {
        if (!(weight >= 0 && weight <= 1)) {
            throw new IllegalArgumentException("weight: " + weight + " (expected: 0 to 1)");
        }
        if (maxConcurrency != null && maxConcurrency < 0) {
            throw new IllegalArgumentException("maxConcurrency: " + maxConcurrency + " (expected: >= 0)");
        }
        restricted.put(tenant, new Restriction(Math.max(LEAST_WEIGHT, weight), maxConcurrency, until));
    }

    /// Nothing is restricted any more.
    public void pardon(TenantId tenant) {
        restricted.remove(tenant);
    }

    /// What holds for the tenant at present.
    Restriction of(TenantId tenant) {
        if (restricted.isEmpty()) {
            return Restriction.NONE;
        }
        Restriction found = restricted.get(tenant);
        if (found == null) {
            return Restriction.NONE;
        }
        if (found.until().isAfter(clock.instant())) {
            return found;
        }
        restricted.remove(tenant, found);
        return Restriction.NONE;
    }

    int count() {
        return restricted.size();
    }
}
