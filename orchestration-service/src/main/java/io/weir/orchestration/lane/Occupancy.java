package io.weir.orchestration.lane;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.weir.problem.ProblemType;
import io.weir.tenancy.TenantId;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/// How many calls this process runs, and which it refuses when that is all it can do: those that may
/// be done later first, then all; and those of a tenant that has its part. Streams, which last, are
/// counted beside so that they cannot take the room of everything else. Safe for use by many threads;
/// nothing waits.
public final class Occupancy {

    private static final Duration SOON = Duration.ofSeconds(1);
    private static final Duration LATER = Duration.ofSeconds(5);

    private final LaneProperties properties;
    private final TenantShares shares;
    private final LongSupplier lateness;
    private final AtomicInteger calls = new AtomicInteger();
    private final AtomicInteger streams = new AtomicInteger();
    private final Map<TenantId, AtomicInteger> byTenant = new ConcurrentHashMap<>();
    private final Counter full;
    private final Counter share;
    private final Counter restricted;

    /// @param lateness of timers, in nanoseconds
    Occupancy(LaneProperties properties, TenantShares shares, LongSupplier lateness, MeterRegistry registry) {
        this.properties = properties;
        this.shares = shares;
        this.lateness = lateness;
        this.full = shed(registry, "full");
        this.share = shed(registry, "share");
        this.restricted = shed(registry, "restricted");
        registry.gauge("weir.lane.streams", streams);
    }

    private static Counter shed(MeterRegistry registry, String why) {
        return registry.counter("weir.lane.shed", "why", why);
    }

    /// The place of one call; the first [#close] frees it.
    public final class Stay implements AutoCloseable {

        private final TenantId tenant;
        private final boolean stream;
        private final AtomicBoolean over = new AtomicBoolean();

        private Stay(TenantId tenant, boolean stream) {
            this.tenant = tenant;
            this.stream = stream;
        }

        @Override
        public void close() {
            if (over.compareAndSet(false, true)) {
                left(tenant, stream);
            }
        }
    }

    /// Takes a place, or throws [LaneFull].
    public Stay enter(TenantId tenant, Priority priority, boolean stream) {
        refuseWhileLate(priority);
        int own = byTenant.compute(tenant, (id, count) -> count == null ? new AtomicInteger() : count)
                .incrementAndGet();
        int all = calls.incrementAndGet();
        int streaming = stream ? streams.incrementAndGet() : 0;
        try {
            refuseWhatIsTooMuch(tenant, own);
            double part = priority == Priority.BATCH ? properties.batchShare() : 1;
            if (all > properties.maxCalls() * part || streaming > properties.maxStreams() * part) {
                throw shed();
            }
        } catch (LaneFull refused) {
            left(tenant, stream);
            throw refused;
        }
        return new Stay(tenant, stream);
    }

    private void refuseWhileLate(Priority priority) {
        Duration limit = priority == Priority.BATCH ? properties.shedBatchAt() : properties.shedAt();
        if (lateness.getAsLong() > limit.toNanos()) {
            throw shed();
        }
    }

    private LaneFull shed() {
        full.increment();
        return new LaneFull(
                ProblemType.SERVICE_UNAVAILABLE,
                "This service has as much to do as it can. Try again when the header retry-after says so.",
                LATER,
                false);
    }

    private void refuseWhatIsTooMuch(TenantId tenant, int own) {
        Integer cap = shares.of(tenant).maxConcurrency();
        if (cap != null && own > cap) {
            restricted.increment();
            throw new LaneFull(
                    ProblemType.RATE_LIMIT_EXCEEDED,
                    "This tenant is held to " + cap
                            + " calls at the same time for now, for it took the share of others."
                            + " Try again when one of them has ended.",
                    SOON,
                    false);
        }
        if (own > Math.max(1, properties.maxCalls() * properties.tenantShare())) {
            share.increment();
            throw new LaneFull(
                    ProblemType.RATE_LIMIT_EXCEEDED,
                    "This tenant has as many calls at the same time as one may. Try again when some of them have ended.",
                    SOON,
                    false);
        }
    }

    private void left(TenantId tenant, boolean stream) {
        if (stream) {
            streams.decrementAndGet();
        }
        calls.decrementAndGet();
        byTenant.computeIfPresent(tenant, (id, count) -> count.decrementAndGet() <= 0 ? null : count);
    }

    int calls() {
        return calls.get();
    }

    int tenants() {
        return byTenant.size();
    }
}
