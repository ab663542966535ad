package io.weir.analytics.stream;

import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.tenancy.TenantId;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/// Room for streams on this instance, and each tenant's share of it: one tenant alone cannot take all. Safe for
/// use by many threads.
final class Places {

    private final StreamProperties properties;
    private final StreamMeters meters;
    private final ConcurrentMap<TenantId, Integer> byTenant = new ConcurrentHashMap<>();

    Places(StreamProperties properties, StreamMeters meters) {
        this.properties = properties;
        this.meters = meters;
    }

    /// Takes one. Throws a 429 problem where the tenant's share is used up, a 503 where the instance is full.
    void take(TenantId tenant) {
        if (byTenant.merge(tenant, 1, Integer::sum) > properties.socketsPerTenant()) {
            leave(tenant);
            throw tooMany();
        }
        if (!meters.opens(properties.sockets())) {
            leave(tenant);
            throw new PlatformException(
                    ProblemType.SERVICE_UNAVAILABLE,
                    "This instance has " + properties.sockets() + " streams open, its limit. Try again in a moment.");
        }
    }

    /// Throws a 429 problem where [#take] would.
    void demandShare(TenantId tenant) {
        if (byTenant.getOrDefault(tenant, 0) >= properties.socketsPerTenant()) {
            throw tooMany();
        }
    }

    /// Gives one back.
    void release(TenantId tenant, Ending why) {
        leave(tenant);
        meters.closed(why);
    }

    private void leave(TenantId tenant) {
        byTenant.merge(tenant, -1, (taken, one) -> taken + one == 0 ? null : taken + one);
    }

    private PlatformException tooMany() {
        return new PlatformException(
                ProblemType.TOO_MANY_STREAMS,
                "Your tenant has " + properties.socketsPerTenant() + " cost streams open on this instance, its limit."
                        + " Close one that is not needed, or share one among several pages, and try again.");
    }
}
