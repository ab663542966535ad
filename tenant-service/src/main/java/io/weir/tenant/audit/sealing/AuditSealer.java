package io.weir.tenant.audit.sealing;

import io.weir.tenancy.TenantId;
import io.weir.tenant.audit.TenantLogs;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// Seals logs behind the writers' backs: a tenant's once a batch is full or its oldest event has waited
/// long enough, and every log at the start and hourly, for those of a process that died. Several instances
/// may run.
public final class AuditSealer implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(AuditSealer.class);
    private static final Duration SWEEP_EVERY = Duration.ofHours(1);
    private static final Duration LONGEST = Duration.ofMinutes(10);
    private static final Duration ROUND = Duration.ofMillis(500);
    private static final int AT_ONCE = 2;

    private final TenantLogs logs;
    private final @Nullable Sealing sealing;
    private final Duration sealEvery;
    private final Clock clock;
    private final Map<TenantId, Waiting> waiting = new ConcurrentHashMap<>();
    private volatile CountDownLatch closing = new CountDownLatch(1);
    private volatile boolean running;

    /// @param sealing null: there is no audit key, and nothing is sealed
    AuditSealer(TenantLogs logs, @Nullable Sealing sealing, Duration sealEvery, Clock clock) {
        this.logs = logs;
        this.sealing = sealing;
        this.sealEvery = sealEvery;
        this.clock = clock;
    }

    private record Waiting(Instant since, int events) {}

    /// Events were added to a tenant's log.
    public void added(TenantId tenant, int events) {
        waiting.merge(
                tenant,
                new Waiting(clock.instant(), events),
                (before, more) -> new Waiting(before.since(), before.events() + more.events()));
    }

    /// For how long the oldest event has waited for its checkpoint, in seconds, as far as this process
    /// knows.
    double unsealedSeconds() {
        Instant now = clock.instant();
        return waiting.values().stream()
                        .mapToLong(one -> Duration.between(one.since(), now).toMillis())
                        .max()
                        .orElse(0)
                / 1000.0;
    }

    @Override
    public void start() {
        running = true;
        closing = new CountDownLatch(1);
        if (sealing == null) {
            LOG.error("There is no audit key: the audit log is not sealed. Set weir.audit.signing-key.");
            return;
        }
        Sealing with = sealing;
        Thread.ofVirtual().name("audit-sealer").start(() -> run(with));
    }

    @Override
    public void stop() {
        running = false;
        closing.countDown();
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    private void run(Sealing with) {
        long sweepAt = System.nanoTime();
        while (running) {
            try {
                if (System.nanoTime() - sweepAt >= 0) {
                    sweepAt = System.nanoTime() + SWEEP_EVERY.toNanos();
                    sweep(with);
                }
                sealDue(with);
                if (closing.await(ROUND.toMillis(), TimeUnit.MILLISECONDS)) {
                    return;
                }
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                return;
            } catch (RuntimeException failed) {
                LOG.warn("Sealing failed, trying again: {}", String.valueOf(failed.getMessage()));
            }
        }
    }

    private void sweep(Sealing with) {
        logs.all()
                .concatMap(tenant -> seal(with, tenant))
                .takeUntil(done -> !running)
                .then()
                .block(LONGEST);
    }

    private void sealDue(Sealing with) {
        Instant now = clock.instant();
        List<TenantId> due = waiting.entrySet().stream()
                .filter(one -> one.getValue().events() >= Sealing.BATCH
                        || !now.isBefore(one.getValue().since().plus(sealEvery)))
                .map(Map.Entry::getKey)
                .toList();
        Flux.fromIterable(due)
                .flatMap(tenant -> sealWaiting(with, tenant), AT_ONCE)
                .then()
                .block(LONGEST);
    }

    private Mono<Long> sealWaiting(Sealing with, TenantId tenant) {
        Waiting taken = waiting.remove(tenant);
        return with.seal(tenant).onErrorResume(failed -> {
            LOG.warn("The audit log of tenant {} waits for its checkpoint: {}", tenant, failed.getMessage());
            if (taken != null) {
                waiting.merge(
                        tenant, taken, (more, before) -> new Waiting(before.since(), before.events() + more.events()));
            }
            return Mono.empty();
        });
    }

    private static Mono<Long> seal(Sealing with, TenantId tenant) {
        return with.seal(tenant).onErrorResume(failed -> {
            LOG.warn("The audit log of tenant {} could not be sealed: {}", tenant, failed.getMessage());
            return Mono.empty();
        });
    }
}
