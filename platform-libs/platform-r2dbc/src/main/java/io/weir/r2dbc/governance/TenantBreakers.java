package io.weir.r2dbc.governance;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.weir.tenancy.TenantId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps a tenant whose transactions stall away from the database for a while: it alone, nobody else. A tenant without
/// trouble has no breaker and costs nothing; one with trouble has its own until it has been idle for ten minutes.
/// Safe for use by many threads.
final class TenantBreakers {

    private static final Logger LOG = LoggerFactory.getLogger(TenantBreakers.class);
    private static final Duration FORGET = Duration.ofMinutes(10);
    private static final int MOST = 100_000;
    private static final int PROBES = 2;

    private final GovernanceProperties rules;
    private final LongSupplier nanos;
    private final CircuitBreakerConfig config;
    private final Cache<TenantId, Guard> guards;

    TenantBreakers(GovernanceProperties rules, LongSupplier nanos) {
        this.rules = rules;
        this.nanos = nanos;
        this.config = CircuitBreakerConfig.custom()
                .slidingWindow(
                        rules.breakerWindow(),
                        Math.max(2, rules.breakerWindow() / 2),
                        CircuitBreakerConfig.SlidingWindowType.COUNT_BASED)
                .failureRateThreshold(rules.breakerFailureShare())
                .waitDurationInOpenState(rules.breakerWait())
                .permittedNumberOfCallsInHalfOpenState(PROBES)
                .clock(new NanosecondClock(nanos))
                .currentTimestampFunction(clock -> nanos.getAsLong(), TimeUnit.NANOSECONDS)
                .build();
        this.guards = Caffeine.newBuilder()
                .expireAfterAccess(FORGET)
                .maximumSize(MOST)
                .build();
    }

    /// Whether the tenant's work may go on; else how long it is refused.
    Pass pass(TenantId tenant) {
        Guard guard = guards.getIfPresent(tenant);
        if (guard == null) {
            return new Pass(true, null, Duration.ZERO);
        }
        return guard.breaker.tryAcquirePermission()
                ? new Pass(true, guard, Duration.ZERO)
                : new Pass(false, guard, guard.remaining());
    }

    /// How work that had a pass ended.
    void ended(TenantId tenant, Pass pass, boolean stalled, long tookNanos) {
        Guard guard = pass.guard;
        if (guard == null) {
            Guard now = stalled ? guards.get(tenant, Guard::new) : guards.getIfPresent(tenant);
            // It asked no permission: only a closed breaker, which asks none, may hear of it.
            guard = now != null && now.breaker.getState() == CircuitBreaker.State.CLOSED ? now : null;
        }
        if (guard == null) {
            return;
        }
        if (stalled) {
            guard.breaker.onError(tookNanos, TimeUnit.NANOSECONDS, new Stalled());
        } else {
            guard.breaker.onSuccess(tookNanos, TimeUnit.NANOSECONDS);
        }
    }

    /// Work that had a pass ended without telling anything.
    void unused(Pass pass) {
        if (pass.guard != null) {
            pass.guard.breaker.releasePermission();
        }
    }

    /// How many tenants are refused now.
    long open() {
        return guards.asMap().values().stream()
                .filter(guard -> guard.breaker.getState() == CircuitBreaker.State.OPEN)
                .count();
    }

    long known() {
        guards.cleanUp();
        return guards.estimatedSize();
    }

    /// @param guard null where the tenant had no trouble when it asked
    /// @param retryAfter how long it is refused, where it is
    record Pass(boolean granted, @Nullable Guard guard, Duration retryAfter) {}

    final class Guard {
        private final CircuitBreaker breaker;
        private volatile long openedAt;

        Guard(TenantId tenant) {
            this.breaker = CircuitBreaker.of("tenant", config);
            breaker.getEventPublisher().onStateTransition(event -> {
                openedAt = nanos.getAsLong();
                LOG.warn(
                        "The database's breaker of tenant {} went {}: its transactions {}.",
                        tenant,
                        event.getStateTransition(),
                        event.getStateTransition().getToState() == CircuitBreaker.State.CLOSED
                                ? "answer again"
                                : "stalled");
            });
        }

        private Duration remaining() {
            Duration left = rules.breakerWait().minusNanos(nanos.getAsLong() - openedAt);
            return left.compareTo(Duration.ofSeconds(1)) < 0 ? Duration.ofSeconds(1) : left;
        }
    }

    /// The clock by which a breaker waits, so that tests can turn it.
    private static final class NanosecondClock extends Clock {
        private final LongSupplier nanos;

        NanosecondClock(LongSupplier nanos) {
            this.nanos = nanos;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return Instant.ofEpochSecond(0, nanos.getAsLong());
        }
    }

    private static final class Stalled extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private Stalled() {
            super("stalled", null, false, false);
        }
    }
}
