package io.weir.orchestration.budget.recovery;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.weir.kafka.KafkaProperties;
import io.weir.orchestration.budget.recovery.DeadHolders.Dead;
import io.weir.orchestration.budget.recovery.DeadHolders.LeftLease;
import io.weir.r2dbc.PlatformTransaction;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RetriableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/// Recovers the leases of dead processes: what their calls settled is booked, what open calls hold stays held until
/// somebody settles it in the ledger, the rest is free again. What is set here comes from the ledger alone, so that
/// two readers do no harm.
///
/// [#BOUND] is how long that takes, where the ledger holds no more than a minute's worth of 1,000 calls a second since
/// the oldest lease began: the holder's time to live (10 s), a second of grace, a round (1 s), and the reading. Of
/// several
/// dead processes each gets its turn, and what is not read in one goes on in the next.
public final class LeaseRecovery implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LeaseRecovery.class);
    /// After which a dead process's leases are free again.
    public static final Duration BOUND = Duration.ofSeconds(15);

    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(5);
    private static final Duration CLAIM = Duration.ofSeconds(60);
    // Of one dead process at a time, so that it does not keep others waiting.
    private static final Duration READ_FOR = Duration.ofSeconds(5);
    private static final Duration CLAIM_AGAIN = Duration.ofSeconds(15);
    private static final int LEASES_AT_ONCE = 200;
    private static final Duration ADOPT_EVERY = Duration.ofSeconds(30);
    private static final Duration PRUNE_EVERY = Duration.ofMinutes(10);
    private static final long ROUND_MILLIS = 1_000;

    private final DeadHolders holders;
    private final KafkaProperties kafka;
    private final InstantSource clock;
    private final Counter recovered;
    private final Counter abandoned;
    private final Timer took;
    private final Map<UUID, Reading> readings = new HashMap<>();
    private final OldWindows old;
    private final Every adopting = new Every(ADOPT_EVERY);
    private final Every pruning = new Every(PRUNE_EVERY);
    private final ScheduledExecutorService timer;

    public LeaseRecovery(
            PlatformTransaction transaction, KafkaProperties kafka, InstantSource clock, MeterRegistry registry) {
        this.holders = new DeadHolders(transaction);
        this.old = new OldWindows(transaction);
        this.kafka = kafka;
        this.clock = clock;
        this.recovered = registry.counter("weir.budget.leases.recovered");
        this.abandoned = registry.counter("weir.budget.recovery.spill.given_up");
        this.took = registry.timer("weir.budget.recovery");
        this.timer = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().name("budget-recovery").daemon().factory());
    }

    /// To be called once.
    // What the timer runs catches its own failures.
    @SuppressWarnings("FutureReturnValueIgnored")
    public void begin() {
        timer.scheduleWithFixedDelay(this::round, ROUND_MILLIS, ROUND_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void round() {
        attempt("Leases of dead processes are not recovered yet", this::recoverAll);
        if (adopting.isDue()) {
            attempt("Leases of unknown processes are not looked for", () -> await(holders.adopt()));
        }
        if (pruning.isDue()) {
            attempt("Old windows of budgets are not removed yet", () -> await(old.prune()));
        }
    }

    /// Removes windows, alerts and processes that are over for long; else every ten minutes. How many rows that were:
    /// at
    /// most a thousand of each.
    public Mono<Long> prune() {
        return old.prune();
    }

    private static void attempt(String otherwise, Runnable work) {
        try {
            work.run();
        } catch (RuntimeException unable) {
            LOG.warn("{}: {}", otherwise, unable.toString());
        }
    }

    private void recoverAll() {
        List<Dead> dead = await(holders.claim(CLAIM));
        Set<UUID> mine = dead.stream().map(Dead::holder).collect(Collectors.toSet());
        List.copyOf(readings.keySet()).stream()
                .filter(one -> !mine.contains(one))
                .forEach(this::forget);
        Every claiming = new Every(CLAIM_AGAIN);
        for (Dead one : dead) {
            attempt("Leases of process " + one.holder() + " are not recovered yet", () -> recover(one));
            if (claiming.isDue()) {
                await(holders.claim(CLAIM));
            }
        }
    }

    private void recover(Dead dead) {
        List<LeftLease> left = await(holders.leases(dead.holder()));
        if (left.isEmpty()) {
            forget(dead.holder());
            return;
        }
        Reading reading = reading(dead, left);
        try {
            if (!reading.ledger.readOn(READ_FOR)) {
                LOG.warn("The ledger is still being read for {} leases of process {}", left.size(), dead.holder());
                return;
            }
        } catch (KafkaException unread) {
            if (!(unread instanceof RetriableException)) {
                forget(dead.holder());
            }
            throw unread;
        }
        long gone = set(left, reading.ledger.use());
        recovered.increment((double) gone);
        if (!reading.told) {
            reading.told = true;
            tell(dead, left.size());
        }
        if (gone == left.size()) {
            forget(dead.holder());
        }
    }

    // A dead process may be granted a lease by an order that was on its way: then it is read for again.
    private Reading reading(Dead dead, List<LeftLease> left) {
        Set<String> ids = left.stream().map(LeftLease::id).collect(Collectors.toSet());
        Reading known = readings.get(dead.holder());
        if (known != null && known.ledger.covers(ids)) {
            return known;
        }
        forget(dead.holder());
        Instant oldest =
                left.stream().map(LeftLease::createdAt).min(Instant::compareTo).orElseThrow();
        Reading reading = new Reading(LedgerReading.since(oldest, ids, kafka));
        readings.put(dead.holder(), reading);
        return reading;
    }

    private long set(List<LeftLease> left, LeaseUse use) {
        long gone = 0;
        for (int from = 0; from < left.size(); from += LEASES_AT_ONCE) {
            List<LeftLease> some = left.subList(from, Math.min(left.size(), from + LEASES_AT_ONCE));
            gone += await(holders.recover(some, use));
        }
        return gone;
    }

    private void tell(Dead dead, int leases) {
        took.record(Duration.between(dead.expiredAt(), clock.instant()));
        LOG.warn("Process {} died: {} leases on budgets were recovered from the ledger", dead.holder(), leases);
        if (dead.spilling()) {
            abandoned.increment();
            LOG.error(
                    "Process {} left ledger events in a file that nobody brought for a day: they count no more",
                    dead.holder());
        }
    }

    private void forget(UUID holder) {
        Reading reading = readings.remove(holder);
        if (reading != null) {
            reading.ledger.close();
        }
    }

    private static final class Reading {
        private final LedgerReading ledger;
        private boolean told;

        Reading(LedgerReading ledger) {
            this.ledger = ledger;
        }
    }

    private static final class Every {
        private final Duration period;
        private long last = System.nanoTime();

        Every(Duration period) {
            this.period = period;
        }

        boolean isDue() {
            boolean due = System.nanoTime() - last > period.toNanos();
            last = due ? System.nanoTime() : last;
            return due;
        }
    }

    private static <T> T await(Mono<T> answer) {
        T got = answer.block(ANSWER_WITHIN);
        if (got == null) {
            throw new IllegalStateException("no answer");
        }
        return got;
    }

    @Override
    public void close() {
        timer.shutdown();
        try {
            if (!timer.awaitTermination(ANSWER_WITHIN.toMillis(), TimeUnit.MILLISECONDS)) {
                timer.shutdownNow();
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
        List.copyOf(readings.keySet()).forEach(this::forget);
    }
}
