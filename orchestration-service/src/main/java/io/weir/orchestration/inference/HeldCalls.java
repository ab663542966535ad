package io.weir.orchestration.inference;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.tracing.TraceContext;
import io.weir.ledger.UsageEvent.Held;
import io.weir.ledger.UsageEvent.OfRequest;
import io.weir.ledger.UsageEvent.Settled;
import io.weir.money.Amount;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/// The calls that hold something, and their holds in the ledger: renewed at half their time to live, held again where
/// they are resolved after their expiry. A call whose hold expires all the same is told. Nothing is renewed for ever:
/// who
/// held is told of a call that ended unresolved, or that was renewed too often. Safe for use by many threads.
///
/// Terms are measured by [System#nanoTime], which no step of the clock moves.
final class HeldCalls implements AutoCloseable {

    /// Where holds are written.
    interface Appends {
        Mono<Void> append(OfRequest event, Instant time, @Nullable TraceContext trace);
    }

    private static final Logger LOG = LoggerFactory.getLogger(HeldCalls.class);
    private static final long SHORTEST_LOOK = 50;
    private static final long LONGEST_LOOK = 5_000;

    /// Half a day at the default time to live: no call lasts so long.
    static final int MOST_RENEWALS = 100;

    private final Appends ledger;
    private final InstantSource clock;
    private final LongSupplier nanos;
    private final Duration ttl;
    private final Counter renewed;
    private final Counter expired;
    private final Counter breached;
    private final Counter left;
    private final Map<String, Running> running = new ConcurrentHashMap<>();
    private final ScheduledExecutorService timer;

    /// One call. Guarded by its monitor, under which also what it appends gets its place in the partition.
    private static final class Running {

        private final @Nullable TraceContext trace;
        private Held held;
        private Runnable whenLeft;
        private long since;
        private int renewals;
        private @Nullable RunningCall call;
        private boolean renewing;
        private boolean told;
        private boolean resolved;

        Running(Held held, Runnable whenLeft, long since, @Nullable TraceContext trace) {
            this.held = held;
            this.whenLeft = whenLeft;
            this.since = since;
            this.trace = trace;
        }
    }

    // What the timer runs catches its own failures.
    @SuppressWarnings("FutureReturnValueIgnored")
    HeldCalls(Appends ledger, InstantSource clock, LongSupplier nanos, Duration ttl, MeterRegistry registry) {
        this.ledger = ledger;
        this.clock = clock;
        this.nanos = nanos;
        this.ttl = ttl;
        this.renewed = registry.counter("weir.holds.renewed");
        this.expired = registry.counter("weir.holds.expired");
        this.breached = registry.counter("weir.usage.ceiling.breach");
        this.left = registry.counter("weir.holds.left");
        this.timer = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().name("hold-renewal").daemon().factory());
        long every = Math.clamp(ttl.toMillis() / 20, SHORTEST_LOOK, LONGEST_LOOK);
        timer.scheduleWithFixedDelay(this::look, every, every, TimeUnit.MILLISECONDS);
    }

    Instant now() {
        return clock.instant();
    }

    /// When a hold that is written now expires.
    Instant expiry() {
        return clock.instant().plus(ttl);
    }

    /// Completes when the ledger has the hold, which takes the place of the request's earlier one.
    ///
    /// @param whenLeft must resolve the request: told when nobody else will
    Mono<Void> hold(Held held, Runnable whenLeft, @Nullable TraceContext trace) {
        return Mono.defer(() -> {
            Running known = running.get(held.requestId());
            long now = nanos.getAsLong();
            return known == null
                    ? ledger.append(held, clock.instant(), trace)
                            .doOnSuccess(done -> running.put(held.requestId(), new Running(held, whenLeft, now, trace)))
                    : replace(known, held, whenLeft, now);
        });
    }

    // Under the monitor, so that no renewal of what was held before gets a place behind it.
    private Mono<Void> replace(Running known, Held held, Runnable whenLeft, long now) {
        synchronized (known) {
            Held before = known.held;
            long beforeSince = known.since;
            known.held = held;
            known.whenLeft = whenLeft;
            known.since = now;
            Mono<Void> appended = ledger.append(held, clock.instant(), known.trace)
                    .doOnError(unsure -> restore(known, held, before, beforeSince))
                    .cache();
            appended.subscribe(ignored -> {}, failure -> LOG.debug("Not held", failure));
            return appended;
        }
    }

    private static void restore(Running known, Held failed, Held before, long since) {
        synchronized (known) {
            if (known.held.equals(failed)) {
                known.held = before;
                known.since = since;
            }
        }
    }

    /// Who is to be asked and told about a request that was held.
    void watch(String requestId, RunningCall call) {
        Running known = running.get(requestId);
        if (known != null) {
            synchronized (known) {
                known.call = call;
            }
        }
    }

    /// Appends the request's settlement or release; after its hold's expiry that is held again first, since somebody
    /// else may be settling it: of both settlements the first in the partition counts.
    Mono<Void> resolve(OfRequest event, @Nullable TraceContext trace) {
        return Mono.defer(() -> {
            alarmWhenBreached(event);
            Running known = running.remove(event.requestId());
            Held again = known == null ? null : lastHold(known);
            if (again != null) {
                // Not waited for: what is appended later comes later in the partition.
                ledger.append(again, clock.instant(), trace)
                        .subscribe(ignored -> {}, failure -> LOG.debug("Not held again", failure));
            }
            return ledger.append(event, clock.instant(), trace);
        });
    }

    /// The call is over: who held is told where it is not resolved.
    void ended(String requestId) {
        Running known = running.get(requestId);
        if (known != null) {
            left.increment();
            LOG.error("Request {} ended and was neither settled nor released", requestId);
            whenLeft(known).run();
        }
    }

    private static Runnable whenLeft(Running known) {
        synchronized (known) {
            return known.whenLeft;
        }
    }

    private void alarmWhenBreached(OfRequest event) {
        if (event instanceof Settled settled) {
            settled.attempts().stream()
                    .filter(attempt -> attempt.ceilingBreach() != null)
                    .forEach(attempt -> {
                        breached.increment();
                        LOG.error(
                                "{} charged ${} for request {} beyond what was held; that is the platform's",
                                attempt.provider(),
                                attempt.ceilingBreach(),
                                settled.requestId());
                    });
        }
    }

    private @Nullable Held lastHold(Running known) {
        synchronized (known) {
            known.resolved = true;
            return known.held.expiresAt().isAfter(clock.instant()) ? null : known.held.renewed(expiry(), null);
        }
    }

    private void look() {
        try {
            Instant now = clock.instant();
            running.values().forEach(known -> look(known, now));
        } catch (RuntimeException defect) {
            LOG.error("Holds are not renewed", defect);
        }
    }

    private void look(Running known, Instant now) {
        RunningCall toldNow = null;
        Runnable leftNow = null;
        synchronized (known) {
            long passed = nanos.getAsLong() - known.since;
            boolean due = passed >= ttl.toNanos() / 2
                    || !now.isBefore(known.held.expiresAt().minus(ttl.dividedBy(2)));
            boolean spent = known.renewals >= MOST_RENEWALS;
            boolean over = passed >= ttl.toNanos();
            if (known.resolved || !due) {
                return;
            }
            if ((over || spent) && !known.told) {
                known.told = true;
                toldNow = known.call;
                expired.increment();
                LOG.warn("The hold of request {} cannot be renewed", known.held.requestId());
            }
            leftNow = over && spent ? known.whenLeft : null;
            if (!spent && !known.renewing) {
                known.renewing = true;
                renew(known);
            }
        }
        if (toldNow != null) {
            toldNow.expired();
        }
        if (leftNow != null) {
            left.increment();
            leftNow.run();
        }
    }

    private void renew(Running known) {
        RunningCall call = known.call;
        Mono<Amount> measured =
                call == null ? Mono.empty() : Mono.defer(call::measured).onErrorResume(unknown -> Mono.empty());
        measured.map(amount -> append(known, amount))
                .switchIfEmpty(Mono.fromSupplier(() -> append(known, null)))
                .flatMap(appended -> appended)
                .doFinally(end -> {
                    synchronized (known) {
                        known.renewing = false;
                    }
                })
                .subscribe(ignored -> {}, failure -> LOG.warn("A hold is not renewed: {}", failure.toString()));
    }

    // Under the monitor, so that no renewal gets a place behind the settlement.
    private Mono<Void> append(Running known, @Nullable Amount measured) {
        synchronized (known) {
            if (known.resolved) {
                return Mono.empty();
            }
            Held before = known.held;
            Held next = before.renewed(expiry(), measured == null ? before.measured() : measured);
            long now = nanos.getAsLong();
            Mono<Void> appended = ledger.append(next, clock.instant(), known.trace)
                    .doOnSuccess(done -> inForce(known, before, next, now))
                    .cache();
            appended.subscribe(ignored -> {}, failure -> LOG.debug("Not renewed", failure));
            return appended;
        }
    }

    private void inForce(Running known, Held before, Held next, long since) {
        renewed.increment();
        synchronized (known) {
            known.renewals++;
            if (known.held.equals(before)) {
                known.held = next;
                known.since = since;
            }
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
