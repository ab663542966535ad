package io.weir.orchestration.lane;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.weir.problem.ProblemType;
import io.weir.tenancy.TenantId;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Tenants' own limits of tokens per minute. Each process of this service has an equal part of a
/// limit, which refills evenly; a minute's part can be used at once. Safe for use by many threads;
/// nothing waits.
public final class TenantTokens {

    private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);
    private static final int MOST_TENANTS = 100_000;
    private static final Duration FORGOTTEN_AFTER = Duration.ofMinutes(5);

    private final IntSupplier instances;
    private final LongSupplier clock;
    private final Counter refused;
    // Unused for longer than a minute a part is whole again.
    private final Cache<TenantId, Part> parts = Caffeine.newBuilder()
            .maximumSize(MOST_TENANTS)
            .expireAfterAccess(FORGOTTEN_AFTER)
            .build();

    /// @param instances that limits are divided by
    /// @param clock as [System#nanoTime]
    TenantTokens(IntSupplier instances, LongSupplier clock, MeterRegistry registry) {
        this.instances = instances;
        this.clock = clock;
        this.refused = registry.counter("weir.lane.tokens.refused");
    }

    /// What is left of a limit, as far as this process can tell.
    ///
    /// @param reset until all of it is there again
    public record Allowance(long limit, long remaining, Duration reset) {}

    private static final class Part {

        private final long limit;
        private final int instances;
        private final Bucket bucket;

        private Part(long limit, int instances, long now) {
            this.limit = limit;
            this.instances = instances;
            double perMinute = Math.max(1, limit / (double) instances);
            this.bucket = new Bucket(perMinute, perMinute, now);
        }

        private synchronized long take(long tokens, long now) {
            long wait = bucket.until((double) tokens, now);
            if (wait == 0) {
                bucket.take((double) tokens);
            }
            return wait;
        }

        private synchronized void spend(long tokens) {
            bucket.take((double) tokens);
        }

        private synchronized double level(long now) {
            return bucket.level(now);
        }

        private synchronized Allowance allowance(long now) {
            double level = bucket.level(now);
            long left = (long) Math.max(0, Math.min((double) limit, Math.floor(level * instances)));
            return new Allowance(limit, left, Duration.ofNanos((long) bucket.nanos(bucket.most() - level)));
        }

        private Part keeping(Part before, long now) {
            bucket.startAt(before.level(now) * before.instances / instances);
            return this;
        }
    }

    private Part part(TenantId tenant, long limit) {
        int processes = instances.getAsInt();
        Part known = parts.getIfPresent(tenant);
        if (known != null && known.limit == limit && known.instances == processes) {
            return known;
        }
        long now = clock.getAsLong();
        return parts.asMap()
                .compute(
                        tenant,
                        (id, before) -> before == null
                                ? new Part(limit, processes, now)
                                : new Part(limit, processes, now).keeping(before, now));
    }

    /// Takes what a call is expected to use; throws [LaneFull] where that is not left.
    ///
    /// @param limit of a minute; null: there is none
    public void take(TenantId tenant, @Nullable Long limit, long tokens) {
        if (limit == null) {
            return;
        }
        long wait = limit < 1 ? MINUTE : part(tenant, limit).take(tokens, clock.getAsLong());
        if (wait > 0) {
            refused.increment();
            throw new LaneFull(
                    ProblemType.RATE_LIMIT_EXCEEDED,
                    "This tenant's limit of " + limit + " tokens per minute is used up; the call would use about "
                            + tokens + ". Try again when the header retry-after says so.",
                    Duration.ofNanos(wait),
                    false);
        }
    }

    /// A call used more than was taken for it; negative: less.
    public void correct(TenantId tenant, @Nullable Long limit, long more) {
        if (limit != null) {
            part(tenant, limit).spend(more);
        }
    }

    /// Null: there is no limit.
    public @Nullable Allowance allowance(TenantId tenant, @Nullable Long limit) {
        return limit == null ? null : part(tenant, limit).allowance(clock.getAsLong());
    }
}
