package io.weir.analytics.sealing;

import io.weir.clickhouse.BlockWriter;
import io.weir.clickhouse.TenantQuery;
import io.weir.snapshots.SnapshotPublisher;
import io.weir.snapshots.catalog.SealedHour;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/// Seals hours when they are over, on its own thread, and at once when asked. The same hour is never sealed twice at
/// the same time. While ClickHouse or the broker is away it keeps trying; no hour is forgotten, also over a restart.
public final class HourSealing implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(HourSealing.class);
    private static final int LANES = 4;
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration ROUND_LIMIT = Duration.ofMinutes(10);

    private final UnsealedHours unsealed;
    private final SealedVersions versions;
    private final HourSealer sealer;
    private final BooleanSupplier schemaReady;
    // Of executors, for threads of Reactor's own single schedulers refuse to wait.
    private final List<Scheduler> lanes =
            IntStream.range(0, LANES).mapToObj(HourSealing::lane).toList();
    private final CountDownLatch stopped = new CountDownLatch(1);
    private boolean republished;
    private volatile boolean running;

    public HourSealing(
            UnsealedHours unsealed,
            TenantQuery query,
            BlockWriter writer,
            SnapshotPublisher publisher,
            BooleanSupplier schemaReady,
            InstantSource clock) {
        this.unsealed = unsealed;
        this.versions = new SealedVersions(query, writer);
        this.sealer = new HourSealer(new HourTotals(query), versions, publisher, clock);
        this.schemaReady = schemaReady;
    }

    /// What is ingested by now, as the version that stands for the hour; open unless the hour is over.
    Mono<SealedHour> sealNow(TenantHour hour) {
        return inItsLane(hour)
                // The version after the hour comes by itself.
                .doOnNext(version -> {
                    if (version.open()) {
                        unsealed.mark(hour);
                    }
                });
    }

    private Mono<SealedHour> inItsLane(TenantHour hour) {
        return Mono.fromCallable(() -> Objects.requireNonNull(
                        sealer.seal(hour, unsealed.isOver(hour)).block(LIMIT)))
                .subscribeOn(lanes.get(Math.floorMod(hour.hashCode(), LANES)));
    }

    private static Scheduler lane(int number) {
        return Schedulers.fromExecutorService(Executors.newSingleThreadExecutor(
                Thread.ofPlatform().name("sealing-" + number).daemon().factory()));
    }

    @Override
    public void start() {
        running = true;
        Thread.ofPlatform().name("sealing").daemon().start(this::run);
    }

    @Override
    public void stop() {
        running = false;
        stopped.countDown();
        lanes.forEach(Scheduler::dispose);
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    private void run() {
        try {
            do {
                round();
            } while (!stopped.await(1, TimeUnit.SECONDS));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void round() {
        if (!schemaReady.getAsBoolean()) {
            return;
        }
        try {
            finishWhatACrashLeft();
            Flux.fromIterable(unsealed.takeOver())
                    .flatMap(this::sealOrMarkAgain, LANES)
                    .then()
                    .block(ROUND_LIMIT);
        } catch (RuntimeException away) {
            LOG.warn("Sealing waits: {}", away.toString());
        }
    }

    private void finishWhatACrashLeft() {
        if (!republished) {
            sealer.republish().block(LIMIT);
            republished = true;
        }
        List<Integer> partitions = unsealed.partitionsToLookUp();
        if (!partitions.isEmpty()) {
            unsealed.lookedUp(
                    partitions,
                    Objects.requireNonNull(versions.changed(partitions).block(LIMIT)));
        }
    }

    private Mono<SealedHour> sealOrMarkAgain(TenantHour hour) {
        return inItsLane(hour).onErrorResume(failure -> {
            LOG.warn("{} {} not sealed yet, trying again: {}", hour.tenant(), hour.hour(), failure.toString());
            unsealed.mark(hour);
            return Mono.empty();
        });
    }
}
