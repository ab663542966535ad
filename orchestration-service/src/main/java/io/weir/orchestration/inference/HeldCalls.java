package io.weir.orchestration.inference;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.tracing.TraceContext;
import io.weir.ledger.UsageEvent.Held;
import io.weir.ledger.UsageEvent.OfRequest;
import io.weir.ledger.UsageEvent.Settled;
import io.weir.money.Amount;
import io.weir.orchestration.ledger.UsageLedger;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/// The calls that hold something, and their holds in the ledger: renewed at half their time to live, held again where
/// they are resolved after their expiry. A call whose hold expires all the same is told. Safe for use by many threads.
final class HeldCalls implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(HeldCalls.class);
    private static final long SHORTEST_LOOK = 50;
    private static final long LONGEST_LOOK = 5_000;

    private final UsageLedger ledger;
    private final InstantSource clock;
    private final Duration ttl;
    private final Counter renewed;
    private final Counter expired;
    private final Counter breached;
    private final Map<String, Running> running = new ConcurrentHashMap<>();
    private final ScheduledExecutorService timer;

    /// One call. Guarded by its monitor, under which also what it appends gets its place in the partition.
    private static final class Running {

        private final @Nullable TraceContext trace;
        private Held held;
        private @Nullable RunningCall call;
        private boolean renewing;
        private boolean told;
        private boolean resolved;

        Running(Held held, @Nullable TraceContext trace) {
            this.held = held;
            this.trace = trace;
        }
    }

    // What the timer runs catches its own failures.
    @SuppressWarnings("FutureReturnValueIgnored")
    HeldCalls(UsageLedger ledger, InstantSource clock, Duration ttl, MeterRegistry registry) {
        this.ledger = ledger;
        this.clock = clock;
        this.ttl = ttl;
        this.renewed = registry.counter("weir.holds.renewed");
        this.expired = registry.counter("weir.holds.expired");
        this.breached = registry.counter("weir.usage.ceiling.breach");
        this.timer = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().name("hold-renewal").daemon().factory());
        long every = Math.clamp(ttl.toMillis() / 20, SHORTEST_LOOK, LONGEST_LOOK);
        timer.scheduleWithFixedDelay(this::look, every, every, TimeUnit.MILLISECONDS);
    }

    /// When a hold that is written now expires.
    Instant expiry() {
        return clock.instant().plus(ttl);
    }

    /// Completes when the ledger has the hold, which takes the place of the request's earlier one.
    Mono<Void> hold(Held held, @Nullable TraceContext trace) {
        return ledger.append(held, clock.instant(), trace)
                .doOnSuccess(done -> running.merge(
                        held.requestId(), new Running(held, trace), (before, fresh) -> replaced(before, held)));
    }

    private static Running replaced(Running before, Held held) {
        synchronized (before) {
            before.held = held;
        }
        return before;
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
            Mono<Void> resolution = Mono.defer(() -> ledger.append(event, clock.instant(), trace));
            Held again = known == null ? null : lastHold(known);
            return again == null
                    ? resolution
                    : ledger.append(again, clock.instant(), trace).then(resolution);
        });
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
        RunningCall call;
        boolean over;
        synchronized (known) {
            Instant expiresAt = known.held.expiresAt();
            if (known.resolved || now.isBefore(expiresAt.minus(ttl.dividedBy(2)))) {
                return;
            }
            call = known.call;
            over = !known.told && !expiresAt.isAfter(now);
            known.told |= over;
            if (known.renewing) {
                call = over ? call : null;
            } else {
                known.renewing = true;
                renew(known);
            }
        }
        if (over) {
            expired.increment();
            LOG.warn("The hold of request {} expired before it could be renewed", known.held.requestId());
            if (call != null) {
                call.expired();
            }
        }
    }

    private void renew(Running known) {
        RunningCall call = known.call;
        Mono<Amount> measured = call == null ? Mono.empty() : call.measured().onErrorResume(unknown -> Mono.empty());
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
            Mono<Void> appended = ledger.append(next, clock.instant(), known.trace)
                    .doOnSuccess(done -> inForce(known, before, next))
                    .cache();
            appended.subscribe(ignored -> {}, failure -> LOG.debug("Not renewed", failure));
            return appended;
        }
    }

    private void inForce(Running known, Held before, Held next) {
        renewed.increment();
        synchronized (known) {
            if (known.held.equals(before)) {
                known.held = next;
            }
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
