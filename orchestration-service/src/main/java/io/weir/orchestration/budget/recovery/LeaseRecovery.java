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
import java.util.UUID;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/// Recovers the leases of dead processes: what their calls settled is booked, what open calls hold stays held until
/// somebody settles it in the ledger, the rest is free again. What is set here comes from the ledger alone, so that
/// two readers do no harm.
///
/// It takes the holder's time to live (10 s), a second of grace, a round (1 s) and the reading of the ledger since the
/// oldest lease began (a minute's worth as a rule).
public final class LeaseRecovery implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LeaseRecovery.class);
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(5);
    private static final Duration CLAIM = Duration.ofSeconds(60);
    // Between the clocks of database and brokers.
    private static final Duration SKEW = Duration.ofMinutes(1);
    private static final long ROUND_MILLIS = 1_000;

    private final DeadHolders holders;
    private final KafkaProperties kafka;
    private final InstantSource clock;
    private final Counter recovered;
    private final Timer took;
    private final Map<UUID, LedgerReading> readings = new HashMap<>();
    private final ScheduledExecutorService timer;

    private LeaseRecovery(DeadHolders holders, KafkaProperties kafka, InstantSource clock, MeterRegistry registry) {
        this.holders = holders;
        this.kafka = kafka;
        this.clock = clock;
        this.recovered = registry.counter("weir.budget.leases.recovered");
        this.took = registry.timer("weir.budget.recovery");
        this.timer = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().name("budget-recovery").daemon().factory());
    }

    // What the timer runs catches its own failures.
    @SuppressWarnings("FutureReturnValueIgnored")
    public static LeaseRecovery start(
            PlatformTransaction transaction, KafkaProperties kafka, InstantSource clock, MeterRegistry registry) {
        LeaseRecovery recovery = new LeaseRecovery(new DeadHolders(transaction), kafka, clock, registry);
        recovery.timer.scheduleWithFixedDelay(recovery::round, ROUND_MILLIS, ROUND_MILLIS, TimeUnit.MILLISECONDS);
        return recovery;
    }

    private void round() {
        try {
            List<Dead> dead = await(holders.claim(CLAIM));
            for (Dead one : dead) {
                recover(one);
            }
        } catch (RuntimeException unable) {
            LOG.warn("Leases of dead processes are not recovered yet: {}", unable.toString());
        }
    }

    private void recover(Dead dead) {
        List<LeftLease> left = await(holders.leases(dead.holder()));
        if (left.isEmpty()) {
            forget(dead.holder());
            return;
        }
        boolean first = !readings.containsKey(dead.holder());
        LedgerReading reading = readings.computeIfAbsent(dead.holder(), id -> begin(left));
        try {
            LeaseUse use = reading.upToNow();
            for (LeftLease lease : left) {
                String id = lease.lease().toString();
                if (await(holders.recover(lease, use.settled(id), use.held(id)))) {
                    recovered.increment();
                }
            }
        } catch (RuntimeException unread) {
            forget(dead.holder());
            throw unread;
        }
        if (first) {
            took.record(Duration.between(dead.expiredAt(), clock.instant()));
            LOG.warn(
                    "Process {} died: {} leases on budgets were recovered from the ledger", dead.holder(), left.size());
        }
    }

    private LedgerReading begin(List<LeftLease> left) {
        Instant oldest =
                left.stream().map(LeftLease::createdAt).min(Instant::compareTo).orElseThrow();
        return LedgerReading.since(oldest.minus(SKEW), kafka);
    }

    private void forget(UUID holder) {
        LedgerReading reading = readings.remove(holder);
        if (reading != null) {
            reading.close();
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
        readings.values().forEach(LedgerReading::close);
    }
}
