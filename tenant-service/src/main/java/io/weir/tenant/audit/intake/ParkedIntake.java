package io.weir.tenant.audit.intake;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.weir.audit.AuditCodec;
import io.weir.audit.AuditEvent;
import io.weir.audit.AuditTopic;
import io.weir.kafka.TenantHeader;
import io.weir.tenancy.TenantId;
import io.weir.tenant.audit.ParkedEvents;
import io.weir.tenant.audit.ParkedEvents.Parked;
import io.weir.tenant.audit.sealing.AuditSealer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// Brings parked events into their tenants' logs once these can be reached, the first ones first. Several instances
/// may do so at once: an event is stored once, by its number.
@Component
final class ParkedIntake implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(ParkedIntake.class);
    private static final Duration ROUND = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final Duration LONGEST = Duration.ofMinutes(2);
    private static final int TENANTS_AT_ONCE = 4;
    private static final int EVENTS = 500;
    // A database that is away is asked every second at first, and every sixteen at last.
    private static final int RAREST = 16;

    private final ParkedEvents parked;
    private final AuditIntake intake;
    private final DeadLetters deadLetters;
    private final AuditSealer sealer;
    private final Map<TenantId, Away> away = new ConcurrentHashMap<>();
    private volatile int waiting;
    private volatile CountDownLatch closing = new CountDownLatch(1);
    private volatile boolean running;

    ParkedIntake(
            ParkedEvents parked,
            AuditIntake intake,
            DeadLetters deadLetters,
            AuditSealer sealer,
            MeterRegistry meters) {
        this.parked = parked;
        this.intake = intake;
        this.deadLetters = deadLetters;
        this.sealer = sealer;
        Gauge.builder("weir.audit.parked", this, one -> one.waiting)
                .baseUnit("tenants")
                .description("tenants whose audit events wait because their database is away")
                .register(meters);
    }

    /// @param rounds how many are left out after the last failure
    /// @param left how many of them are still to come
    private record Away(int rounds, int left) {}

    @Override
    public void start() {
        running = true;
        closing = new CountDownLatch(1);
        Thread.ofVirtual().name("audit-parked").start(this::run);
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

    private void run() {
        try {
            while (!closing.await(ROUND.toMillis(), TimeUnit.MILLISECONDS)) {
                round();
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private void round() {
        try {
            List<TenantId> tenants = parked.tenants().blockOptional(PATIENCE).orElse(List.of());
            waiting = tenants.size();
            away.keySet().retainAll(tenants);
            Flux.fromIterable(tenants)
                    .filter(this::isDue)
                    .flatMap(this::bring, TENANTS_AT_ONCE)
                    .then()
                    .block(LONGEST);
        } catch (RuntimeException failed) {
            LOG.warn("Parked audit events wait: {}", String.valueOf(failed.getMessage()));
        }
    }

    private boolean isDue(TenantId tenant) {
        Away before = away.computeIfPresent(tenant, (id, one) -> new Away(one.rounds(), one.left() - 1));
        return before == null || before.left() < 0;
    }

    private Mono<Void> bring(TenantId tenant) {
        return Mono.defer(() -> parked.first(tenant, EVENTS))
                .flatMap(events -> bring(tenant, events).thenReturn(events.size()))
                .repeat()
                .takeUntil(brought -> brought < EVENTS || !running)
                .then()
                .doOnSuccess(done -> away.remove(tenant))
                .onErrorResume(failed -> {
                    Away now = away.merge(tenant, new Away(1, 0), (before, first) -> later(before));
                    LOG.warn(
                            "Parked audit events of tenant {} are tried again in {} s: {}",
                            tenant,
                            now.left() + 1,
                            failed.toString());
                    return Mono.empty();
                });
    }

    private static Away later(Away before) {
        int rounds = Math.min(RAREST, before.rounds() * 2);
        return new Away(rounds, rounds - 1);
    }

    private Mono<Void> bring(TenantId tenant, List<Parked> events) {
        return events.isEmpty()
                ? Mono.empty()
                : intake.take(tenant, events.stream().map(Parked::event).toList())
                        .timeout(PATIENCE)
                        .delayUntil(taken -> setAside(events, taken.contradicting()))
                        .doOnNext(taken -> {
                            if (taken.added() > 0) {
                                sealer.added(tenant, taken.added());
                            }
                        })
                        .then(Mono.defer(() -> parked.remove(tenant, events)));
    }

    private Mono<Void> setAside(List<Parked> events, List<AuditEvent> contradicting) {
        return Flux.fromIterable(events)
                .filter(one -> contradicting.contains(one.event()))
                .concatMap(one -> deadLetters.send(
                        record(one),
                        "number " + one.event().sequence() + " of "
                                + one.event().producer() + " is another event's"))
                .then();
    }

    private static ConsumerRecord<String, byte[]> record(Parked one) {
        TenantId tenant = one.event().tenant();
        ConsumerRecord<String, byte[]> record = new ConsumerRecord<>(
                AuditTopic.NAME, one.partition(), one.offset(), tenant.toString(), AuditCodec.write(one.event()));
        TenantHeader.stamp(record.headers(), tenant);
        return record;
    }
}
