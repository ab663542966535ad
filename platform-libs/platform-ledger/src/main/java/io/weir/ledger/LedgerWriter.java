package io.weir.ledger;

import io.micrometer.core.instrument.MeterRegistry;
import io.weir.kafka.KafkaProperties;
import io.weir.kafka.RecordSender;
import io.weir.ledger.PendingRecord.State;
import io.weir.ledger.UsageEvent.Held;
import io.weir.ledger.UsageEvent.OfRequest;
import io.weir.ledger.UsageEvent.Released;
import io.weir.ledger.UsageEvent.Settled;
import io.weir.ledger.UsageEvent.Tick;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/// Appends to the usage ledger. An append completes when every in-sync replica has the event; it completes on the
/// broker client's thread, so go on elsewhere with anything slow.
///
/// With the broker away, a `held` fails within two seconds, later ones at once; a `settled` or `released` waits longer,
/// since what it reports has happened. A `held` that was given up may still be delivered; a `released` follows it in
/// its partition, so that no hold stays open. Safe for use by many threads.
public final class LedgerWriter implements AutoCloseable {

    /// The ledger's topic, without the prefix.
    public static final String TOPIC = "usage.v1";

    private static final Logger LOG = LoggerFactory.getLogger(LedgerWriter.class);
    private static final long SWEEP_MILLIS = 100;
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

    private final LedgerWriterOptions options;
    private final InstantSource clock;
    private final RecordSender sender;
    private final LedgerMeters meters;
    private final long epoch;
    private final PartitionedSender partitions;
    private final ScheduledExecutorService timer;

    // In order of arrival, so that the first one not over is the oldest.
    private final Queue<PendingRecord> inFlight = new ConcurrentLinkedQueue<>();

    // Of the timer's thread, and of the closing one when that has ended.
    private long lastTick = System.nanoTime();
    private long ticks;
    // Something was acknowledged, and nothing given up since.
    private volatile boolean proven;
    private volatile boolean closed;

    private LedgerWriter(
            LedgerWriterOptions options,
            KafkaProperties kafka,
            InstantSource clock,
            MeterRegistry registry,
            RecordSender sender) {
        this.options = options;
        this.clock = clock;
        this.sender = sender;
        this.meters = new LedgerMeters(registry, () -> oldestAge(System.nanoTime()) / 1e9);
        this.epoch = clock.millis();
        this.partitions = new PartitionedSender(options, kafka.topic(TOPIC), epoch, this::ended);
        this.timer = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().name("ledger-timer").daemon().factory());
    }

    /// Starts writing, also while the broker is away. The producer's epoch is the time of this call.
    // What the timer runs catches its own failures.
    @SuppressWarnings("FutureReturnValueIgnored")
    public static LedgerWriter start(
            LedgerWriterOptions options, KafkaProperties kafka, InstantSource clock, MeterRegistry registry) {
        RecordSender sender = RecordSender.create(kafka, "ledger-" + options.source(), options.deliveryTimeout());
        LedgerWriter writer = new LedgerWriter(options, kafka, clock, registry, sender);
        sender.execute(writer.partitions::discover);
        writer.timer.scheduleWithFixedDelay(writer::sweep, SWEEP_MILLIS, SWEEP_MILLIS, TimeUnit.MILLISECONDS);
        return writer;
    }

    /// As [#append(OfRequest, Instant, Consumer)], without further headers.
    public Mono<Void> append(OfRequest event, Instant time) {
        return append(event, time, LedgerWriter::noStamp);
    }

    /// Appends when subscribed. Fails with [LedgerUnavailableException] when the ledger does not acknowledge in time;
    /// cancelling takes nothing back.
    ///
    /// @param time when it happened; never stamped again
    /// @param stamp adds headers, for example of the trace; called once, on another thread
    public Mono<Void> append(OfRequest event, Instant time, Consumer<Headers> stamp) {
        return Mono.create(caller -> accept(event, time, stamp, caller));
    }

    /// Whether a `held` would be tried now, rather than refused at once.
    public boolean isAvailable() {
        return !closed
                && proven
                && oldestAge(System.nanoTime()) < options.stalledAfter().toNanos();
    }

    private void accept(OfRequest event, Instant time, Consumer<Headers> stamp, MonoSink<Void> caller) {
        if (event instanceof Held && !isAvailable()) {
            meters.refused.increment();
            caller.error(new LedgerUnavailableException("the ledger is not acknowledging"));
            return;
        }
        long now = System.nanoTime();
        Duration limit = event instanceof Held ? options.heldLimit() : options.settledLimit();
        submit(new PendingRecord(idOf(event), event, time, stamp, null, caller, now, now + limit.toNanos()));
    }

    private static void noStamp(Headers headers) {}

    // The same event always has the same id, so that a repetition is recognised as one.
    private static String idOf(OfRequest event) {
        String kind = switch (event) {
            case Held held -> held.fallback() == null ? "held" : "held/" + held.fallback();
            case Settled settled -> "settled";
            case Released released -> "released";
        };
        return event.requestId() + "/" + kind;
    }

    private void submit(PendingRecord pending) {
        inFlight.add(pending);
        enqueue(pending);
    }

    private void enqueue(PendingRecord pending) {
        if (!pending.move(State.WAITING, State.QUEUED)) {
            return;
        }
        try {
            sender.execute(producer -> partitions.send(producer, pending));
        } catch (RejectedExecutionException full) {
            pending.move(State.QUEUED, State.WAITING);
        }
    }

    private void ended(PendingRecord pending, @Nullable Exception failure) {
        pending.over();
        if (failure == null) {
            proven = true;
            meters.acknowledged(pending, System.nanoTime());
            if (!pending.acknowledged() && pending.event() instanceof Held held) {
                release(held);
            }
        } else {
            meters.lost.increment();
            LOG.error("Ledger event {} was not delivered: {}", pending.id(), failure.toString());
            pending.failed(new LedgerUnavailableException("the ledger did not take the event", failure));
        }
        dropOver();
    }

    private void dropOver() {
        PendingRecord head = inFlight.peek();
        while (head != null && head.isOver()) {
            inFlight.remove(head);
            head = inFlight.peek();
        }
    }

    private long oldestAge(long now) {
        PendingRecord head = inFlight.peek();
        return head == null || head.isOver() ? 0 : head.age(now);
    }

    private void sweep() {
        try {
            dropOver();
            if (!partitions.areKnown()) {
                sender.execute(partitions::discover);
            }
            long now = System.nanoTime();
            inFlight.forEach(pending -> sweep(pending, now));
            tickWhenDue(now);
        } catch (RejectedExecutionException full) {
            LOG.warn("The ledger's sending queue is full");
        } catch (RuntimeException defect) {
            LOG.error("The ledger's sweep failed", defect);
        }
    }

    private void sweep(PendingRecord pending, long now) {
        if (pending.isLate(now)) {
            giveUp(pending);
        } else {
            enqueue(pending);
        }
    }

    // One that was sent may still arrive, and stays in flight until that is known.
    private void giveUp(PendingRecord pending) {
        if (pending.failed(new LedgerUnavailableException("the ledger did not acknowledge in time"))) {
            meters.late.increment();
            proven = false;
        }
        if (pending.move(State.WAITING, State.OVER) || pending.move(State.QUEUED, State.OVER)) {
            dropOver();
        }
    }

    // It arrived although its caller had given up, so nothing will ever settle it.
    private void release(Held held) {
        Released released = new Released(held.requestId(), held.tenantId(), held.keyId(), "ledger_unavailable");
        long now = System.nanoTime();
        submit(new PendingRecord(
                idOf(released),
                released,
                clock.instant(),
                LedgerWriter::noStamp,
                null,
                null,
                now,
                now + options.deliveryTimeout().toNanos()));
    }

    // A tick that nobody acknowledges is not followed by others: they would only be lost with it. Where nothing is
    // proven they are the probe: no call should wait for what may not come.
    private void tickWhenDue(long now) {
        boolean first = !proven && partitions.areKnown() && inFlight.isEmpty();
        if (first || (now - lastTick >= options.tickEvery().toNanos() && isAvailable())) {
            lastTick = now;
            tick(false);
        }
    }

    private void tick(boolean last) {
        long now = System.nanoTime();
        Instant time = clock.instant();
        for (int partition = 0; partition < partitions.count(); partition++) {
            submit(new PendingRecord(
                    options.producerId() + "/" + epoch + "/" + partition + "/" + ticks++,
                    new Tick(partitions.highestAcknowledged(partition), last),
                    time,
                    LedgerWriter::noStamp,
                    partition,
                    null,
                    now,
                    now + options.settledLimit().toNanos()));
        }
    }

    /// Waits a few seconds for what is on its way, then says goodbye to every partition.
    @Override
    public void close() {
        closed = true;
        timer.shutdownNow();
        awaitQuiet();
        tick(true);
        awaitQuiet();
        sender.close();
    }

    private void awaitQuiet() {
        long deadline = System.nanoTime() + CLOSE_LIMIT.toNanos();
        while (!inFlight.isEmpty() && System.nanoTime() - deadline < 0) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
    }
}
