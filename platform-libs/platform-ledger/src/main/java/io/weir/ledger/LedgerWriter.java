package io.weir.ledger;

import io.micrometer.core.instrument.MeterRegistry;
import io.weir.kafka.KafkaProperties;
import io.weir.kafka.RecordSender;
import io.weir.ledger.RecordForm.Unnumbered;
import io.weir.ledger.UsageEvent.Held;
import io.weir.ledger.UsageEvent.OfRequest;
import io.weir.ledger.UsageEvent.Released;
import io.weir.ledger.UsageEvent.Tick;
import io.weir.ledger.journal.WriteAheadFile;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/// Appends to the usage ledger. An append completes when every in-sync replica has the event, or the write-ahead file
/// has it on the disk; it completes on a thread of the broker client or of the file, so go on elsewhere with anything
/// slow.
///
/// Each event is numbered when it is taken, and reaches its partition in that order, whatever happens meanwhile. With
/// the broker away, events of running calls complete by the file; a `held` of a new call does where the file is on a
/// durable volume and has room, else it fails within two seconds, later ones at once. Without a file they wait for the
/// broker. A `held` that was given up may still be delivered; a `released` follows it in its partition, so that no hold
/// stays open. What is left in the file when the process dies is delivered first by the next one. Safe for use by many
/// threads.
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
    private final RecordForm form;
    private final PartitionedSender partitions;
    private final @Nullable Spool spool;
    private final ScheduledExecutorService timer;

    // Guards the numbers: a partition's records enter its lane, the list below and the file in their order.
    private final Object order = new Object();

    // So that the first one not over is the oldest.
    private final Queue<PendingRecord> inFlight = new ConcurrentLinkedQueue<>();
    private final List<PendingRecord> inherited = new ArrayList<>();
    private final AtomicInteger left = new AtomicInteger();
    private final AtomicBoolean pumping = new AtomicBoolean();

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
            @Nullable SpoolOptions spooling,
            SpillNotice notice) {
        this.options = options;
        this.clock = clock;
        this.meters = new LedgerMeters(registry, () -> oldestAge(System.nanoTime()) / 1e9);
        this.form = new RecordForm(options, kafka.topic(TOPIC), clock.millis());
        this.partitions = new PartitionedSender(form.topic(), this::ended);
        this.spool = spooling == null ? null : Spool.open(spooling, notice, meters);
        if (spool != null) {
            spool.takeLeft().forEach(this::inherit);
        }
        this.sender = RecordSender.create(kafka, "ledger-" + options.source(), options.deliveryTimeout());
        this.timer = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().name("ledger-timer").daemon().factory());
    }

    /// Starts writing without a write-ahead file.
    public static LedgerWriter start(
            LedgerWriterOptions options, KafkaProperties kafka, InstantSource clock, MeterRegistry registry) {
        return begun(new LedgerWriter(options, kafka, clock, registry, null, SpillNotice.NONE));
    }

    /// Starts writing, also while the broker is away. The producer's epoch is the time of this call. What a process
    /// before this one left in the file goes first.
    ///
    /// Throws [IllegalStateException] when the file cannot be used.
    ///
    /// @param notice told while events are in the file alone
    public static LedgerWriter start(
            LedgerWriterOptions options,
            SpoolOptions spooling,
            SpillNotice notice,
            KafkaProperties kafka,
            InstantSource clock,
            MeterRegistry registry) {
        return begun(new LedgerWriter(options, kafka, clock, registry, spooling, notice));
    }

    // What the timer runs catches its own failures.
    @SuppressWarnings("FutureReturnValueIgnored")
    private static LedgerWriter begun(LedgerWriter writer) {
        writer.pump();
        writer.timer.scheduleWithFixedDelay(writer::sweep, SWEEP_MILLIS, SWEEP_MILLIS, TimeUnit.MILLISECONDS);
        return writer;
    }

    private void inherit(WriteAheadFile.Left kept) {
        ProducerRecord<String, byte[]> record = SpooledRecord.read(form.topic(), kept.content());
        if (record == null) {
            meters.lost.increment();
            LOG.error("A record of the write-ahead file is of no form that is known here, and stays in it");
            return;
        }
        long now = System.nanoTime();
        PendingRecord pending =
                new PendingRecord("inherited", null, record.partition(), -1, () -> record, null, now, now);
        pending.keptAs(kept.entry());
        inherited.add(pending);
        inFlight.add(pending);
        left.incrementAndGet();
    }

    /// As [#append(OfRequest, Instant, Consumer)], without further headers.
    public Mono<Void> append(OfRequest event, Instant time) {
        return append(event, time, headers -> {});
    }

    /// Appends when subscribed. Fails with [LedgerUnavailableException] when the event is not kept in time; cancelling
    /// takes nothing back.
    ///
    /// @param time when it happened; never stamped again
    /// @param stamp adds headers, for example of the trace; called once, on another thread
    public Mono<Void> append(OfRequest event, Instant time, Consumer<Headers> stamp) {
        return Mono.create(caller -> accept(event, time, stamp, caller));
    }

    /// Whether the broker acknowledges, and has what a process before this one left.
    public boolean isAvailable() {
        return !closed
                && proven
                && hasDelivered()
                && oldestAge(System.nanoTime()) < options.stalledAfter().toNanos();
    }

    /// Whether a `held` of a new call would be tried now, rather than refused at once.
    public boolean takesNewCalls() {
        return isAvailable() || (isOpen() && hasDelivered() && spool != null && spool.takesNewCalls());
    }

    /// Whether the broker has all that a process before this one left in the file.
    public boolean hasDelivered() {
        return left.get() == 0;
    }

    private boolean isOpen() {
        return !closed && partitions.areKnown();
    }

    private boolean takes(OfRequest event) {
        if (event instanceof Held held && held.opensCall()) {
            return takesNewCalls();
        }
        boolean mayWait = !(event instanceof Held) || isAvailable() || (spool != null && spool.isWorking());
        return isOpen() && mayWait;
    }

    private void accept(OfRequest event, Instant time, Consumer<Headers> stamp, MonoSink<Void> caller) {
        if (!takes(event)) {
            meters.refused.increment();
            caller.error(new LedgerUnavailableException("the ledger is not acknowledging"));
            return;
        }
        Duration limit = event instanceof Held held && held.opensCall() ? options.heldLimit() : options.settledLimit();
        Unnumbered unnumbered = RecordForm.of(event, time, stamp);
        submit(unnumbered, partitions.partitionOf(form.key(unnumbered)), caller, limit);
    }

    private void submit(Unnumbered event, int partition, @Nullable MonoSink<Void> caller, Duration limit) {
        synchronized (order) {
            long sequence = partitions.number(partition);
            long now = System.nanoTime();
            PendingRecord pending = new PendingRecord(
                    event.id(),
                    event.event(),
                    partition,
                    sequence,
                    () -> form.numbered(event, partition, sequence),
                    caller,
                    now,
                    now + limit.toNanos());
            inFlight.add(pending);
            partitions.add(pending);
            if (spool != null && spool.isActive()) {
                spool.keep(pending);
            }
        }
        pump();
    }

    private void pump() {
        if (pumping.compareAndSet(false, true)) {
            try {
                sender.execute(producer -> {
                    pumping.set(false);
                    partitions.discover(producer, inherited);
                    partitions.pump(producer);
                });
            } catch (RejectedExecutionException closing) {
                pumping.set(false);
            }
        }
    }

    private void ended(PendingRecord pending, @Nullable Exception failure) {
        if (failure == null) {
            proven = true;
            meters.acknowledged(pending, System.nanoTime());
            pending.kept();
        } else {
            meters.lost.increment();
            LOG.error("Ledger event {} was not delivered: {}", pending.id(), failure.toString());
            pending.failed(new LedgerUnavailableException("the ledger did not take the event", failure));
        }
        synchronized (order) {
            pending.over();
            if (failure == null && spool != null) {
                spool.done(pending);
            }
        }
        if (pending.event() == null) {
            left.decrementAndGet();
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
            long now = System.nanoTime();
            if (spool != null) {
                spoolWhenDue(spool, now);
            }
            inFlight.forEach(pending -> giveUpWhenLate(pending, now));
            tickWhenDue(now);
            pump();
        } catch (RuntimeException defect) {
            LOG.error("The ledger's sweep failed", defect);
        }
    }

    private void spoolWhenDue(Spool file, long now) {
        boolean due = hasDelivered() && file.isDue(oldestAge(now));
        if (due && !file.isActive()) {
            LOG.warn("The broker does not acknowledge; events go into the write-ahead file as well");
            synchronized (order) {
                file.activate(inFlight);
            }
        } else if (!due && file.isActive()) {
            LOG.info("The broker acknowledges again");
            file.deactivate();
        }
        file.tellWhenDue();
    }

    // It may still arrive. Where it opened a call, nothing would ever settle it.
    private void giveUpWhenLate(PendingRecord pending, long now) {
        if (pending.isLate(now)
                && pending.failed(new LedgerUnavailableException("the ledger did not acknowledge in time"))) {
            meters.late.increment();
            proven = false;
            if (pending.event() instanceof Held held && held.opensCall()) {
                Released released = new Released(held.requestId(), held.tenantId(), held.keyId(), "ledger_unavailable");
                submit(
                        RecordForm.of(released, clock.instant(), headers -> {}),
                        pending.partition(),
                        null,
                        options.settledLimit());
            }
        }
    }

    // A tick that nobody acknowledges is not followed by others: they would only wait with it. Where nothing is
    // proven they are the probe: no call should wait for what may not come.
    private void tickWhenDue(long now) {
        boolean first = !proven && partitions.areKnown() && inFlight.isEmpty();
        if (first || (now - lastTick >= options.tickEvery().toNanos() && isAvailable())) {
            lastTick = now;
            tick(false);
        }
    }

    private void tick(boolean last) {
        Instant time = clock.instant();
        for (int partition = 0; partition < partitions.count(); partition++) {
            Tick tick = new Tick(partitions.highestAcknowledged(partition), last);
            submit(form.of(tick, time, partition, ticks++), partition, null, options.settledLimit());
        }
    }

    /// Waits a few seconds for what is on its way, then says goodbye to every partition. What the broker does not take
    /// by then stays in the file.
    @Override
    public void close() {
        closed = true;
        timer.shutdownNow();
        awaitQuiet();
        tick(true);
        awaitQuiet();
        if (spool != null && !inFlight.isEmpty() && hasDelivered()) {
            synchronized (order) {
                spool.activate(inFlight);
            }
            spool.tellWhenDue();
        }
        sender.close();
        if (spool != null) {
            spool.close();
        }
    }

    // What is in the file need not be waited for.
    private void awaitQuiet() {
        if (spool != null && spool.isActive()) {
            return;
        }
        long deadline = System.nanoTime() + CLOSE_LIMIT.toNanos();
        while (!inFlight.isEmpty() && System.nanoTime() - deadline < 0) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
    }
}
