package io.weir.ledger;

import io.micrometer.core.instrument.MeterRegistry;
import io.weir.kafka.KafkaProperties;
import io.weir.kafka.RecordSender;
import io.weir.ledger.RecordForm.Unnumbered;
import io.weir.ledger.UsageEvent.Held;
import io.weir.ledger.UsageEvent.OfRequest;
import io.weir.ledger.UsageEvent.Released;
import io.weir.ledger.UsageEvent.Tick;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
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
    private static final Duration TIMER_END_LIMIT = Duration.ofSeconds(2);
    private static final Duration SPOOLED_CLOSE_LIMIT = Duration.ofSeconds(1);

    private final LedgerWriterOptions options;
    private final InstantSource clock;
    private final Sending sending;
    private final LedgerMeters meters;
    private final RecordForm form;
    private final PartitionedSender partitions;
    private final @Nullable Spool spool;
    private final ScheduledExecutorService timer;

    // Guards the numbers: a partition's records enter its lane, the list below and the file in their order.
    private final Object order = new Object();

    private final InFlight inFlight = new InFlight();
    private final Estate left;
    private final @Nullable Neighbours neighbours;

    // Of the timer's thread, and of the closing one when that has ended.
    private long lastTick = System.nanoTime();
    private long lastLook = System.nanoTime();
    private long ticks;

    // Something was acknowledged, and nothing given up since.
    private volatile boolean proven;
    private volatile boolean closed;

    private LedgerWriter(
            LedgerWriterOptions options,
            String topic,
            RecordSender sender,
            InstantSource clock,
            MeterRegistry registry,
            @Nullable SpoolOptions spooling,
            SpillNotice notice) {
        this.options = options;
        this.clock = clock;
        this.meters = new LedgerMeters(registry, () -> inFlight.oldestAge(System.nanoTime()) / 1e9);
        this.form = new RecordForm(options, topic, clock.millis());
        this.partitions = new PartitionedSender(topic, new Outcomes());
        AtomicLong places = new AtomicLong(Long.MIN_VALUE);
        this.spool = spooling == null ? null : Spool.open(spooling, notice, meters);
        this.left = spool == null ? Estate.NONE : spool.left(topic, places);
        this.neighbours = spooling == null ? null : new Neighbours(spooling, topic, places, notice, meters);
        this.sending = new Sending(sender, partitions, meters);
        this.timer = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().name("ledger-timer").daemon().factory());
    }

    /// Starts writing without a write-ahead file.
    public static LedgerWriter start(
            LedgerWriterOptions options, KafkaProperties kafka, InstantSource clock, MeterRegistry registry) {
        return start(options, null, SpillNotice.NONE, kafka.topic(TOPIC), sender(options, kafka), clock, registry);
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
        return start(options, spooling, notice, kafka.topic(TOPIC), sender(options, kafka), clock, registry);
    }

    private static RecordSender sender(LedgerWriterOptions options, KafkaProperties kafka) {
        return RecordSender.create(kafka, "ledger-" + options.source(), options.deliveryTimeout());
    }

    // What the timer runs catches its own failures.
    @SuppressWarnings("FutureReturnValueIgnored")
    static LedgerWriter start(
            LedgerWriterOptions options,
            @Nullable SpoolOptions spooling,
            SpillNotice notice,
            String topic,
            RecordSender sender,
            InstantSource clock,
            MeterRegistry registry) {
        LedgerWriter writer = new LedgerWriter(options, topic, sender, clock, registry, spooling, notice);
        writer.left.handOut(writer::inherit);
        writer.sending.pump();
        writer.timer.scheduleWithFixedDelay(writer::sweep, SWEEP_MILLIS, SWEEP_MILLIS, TimeUnit.MILLISECONDS);
        return writer;
    }

    private void inherit(PendingRecord pending) {
        inFlight.add(pending);
        partitions.adopt(pending);
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
        return Mono.create(caller -> {
            Unnumbered unnumbered = RecordForm.of(event, time, stamp);
            if (takes(event)) {
                submit(unnumbered, partitions.partitionOf(form.key(unnumbered)), caller, limit(event));
            } else {
                refuse(caller);
            }
        });
    }

    /// Appends to that partition what is said of a request whose other events are there: where partitions were added
    /// since, its tenant's are in another one now.
    public Mono<Void> appendTo(int partition, OfRequest event, Instant time) {
        return Mono.create(caller -> {
            if (takes(event) && partition < partitions.count()) {
                submit(RecordForm.of(event, time, headers -> {}), partition, caller, limit(event));
            } else {
                refuse(caller);
            }
        });
    }

    private Duration limit(OfRequest event) {
        return event instanceof Held held && held.opensCall() ? options.heldLimit() : options.settledLimit();
    }

    private void refuse(MonoSink<Void> caller) {
        meters.refused.increment();
        caller.error(new LedgerUnavailableException("the ledger is not acknowledging"));
    }

    /// Whether the broker acknowledges, and has what a process before this one left.
    public boolean isAvailable() {
        return !closed
                && proven
                && hasDelivered()
                && inFlight.oldestAge(System.nanoTime())
                        < options.stalledAfter().toNanos();
    }

    /// Whether a `held` of a new call would be tried now, rather than refused at once.
    public boolean takesNewCalls() {
        return isAvailable() || (isOpen() && hasDelivered() && spool != null && spool.takesNewCalls());
    }

    /// Whether the broker has all that a process before this one left in the file.
    public boolean hasDelivered() {
        return left.isDelivered();
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
        sending.pump();
    }

    /// Runs on the threads of the broker client.
    private final class Outcomes implements PartitionedSender.Outcomes {

        @Override
        public void delivered(PendingRecord pending) {
            proven = true;
            sending.works();
            meters.acknowledged(pending, System.nanoTime());
            pending.kept();
            end(pending);
        }

        @Override
        public void unsendable(PendingRecord pending, Exception why) {
            meters.lost.increment();
            LOG.error("Ledger event {} cannot be delivered", pending.id(), why);
            pending.lost(new LedgerUnavailableException("the ledger does not take the event", why));
            if (spool != null) {
                spool.setAside(pending);
            }
            end(pending);
        }

        @Override
        public void clientFailed() {
            proven = false;
        }

        private void end(PendingRecord pending) {
            synchronized (order) {
                pending.over();
                if (pending.isSpooled() && spool != null) {
                    spool.done(pending);
                }
            }
            inFlight.dropOver();
        }
    }

    private void sweep() {
        try {
            inFlight.dropAllOver();
            long now = System.nanoTime();
            if (spool != null) {
                spoolWhenDue(spool, now);
            }
            left.handOut(this::inherit);
            takeOver(now);
            inFlight.forEach(pending -> giveUpWhenLate(pending, now));
            tickWhenDue(now);
            sending.pump();
        } catch (RuntimeException | Error defect) {
            say(defect);
        }
    }

    // Whatever is thrown here would end the timer, and nobody would know.
    private static void say(Throwable defect) {
        try {
            LOG.error("The ledger's sweep failed", defect);
        } catch (RuntimeException | Error unsaid) {
            defect.addSuppressed(unsaid);
        }
    }

    private void spoolWhenDue(Spool file, long now) {
        boolean due = hasDelivered() && file.isDue(inFlight.oldestAge(now));
        if (due && !file.isActive()) {
            LOG.warn("The broker does not acknowledge; events go into the write-ahead file as well");
            synchronized (order) {
                file.activate(inFlight);
            }
        } else if (!due && file.isActive()) {
            LOG.info("The broker acknowledges again");
            synchronized (order) {
                file.deactivate();
            }
        }
        file.tellWhenDue();
    }

    // While the broker is away it would only keep a process that comes back from its own file.
    private void takeOver(long now) {
        if (neighbours != null) {
            if (isAvailable() && now - lastLook >= neighbours.lookEvery()) {
                lastLook = now;
                neighbours.look(now);
            }
            neighbours.goOn(now, this::inherit);
        }
    }

    // It may still arrive. Where it opened a call, nothing would ever settle it.
    private void giveUpWhenLate(PendingRecord pending, long now) {
        if (pending.isLate(now) && pending.late()) {
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

    /// Waits a few seconds for what is on its way, then says goodbye to every partition. With a file, what the broker
    /// does not take at once stays in that. A second call does nothing.
    @Override
    public void close() {
        synchronized (timer) {
            if (closed) {
                return;
            }
            closed = true;
        }
        endTimer();
        awaitQuiet();
        tick(true);
        awaitQuiet();
        if (spool != null && !inFlight.isEmpty() && hasDelivered()) {
            synchronized (order) {
                spool.activate(inFlight);
            }
            spool.awaitTold(SPOOLED_CLOSE_LIMIT);
        }
        boolean isKept = spool != null || inFlight.isEmpty();
        sending.close(isKept ? SPOOLED_CLOSE_LIMIT : CLOSE_LIMIT);
        try {
            if (neighbours != null) {
                neighbours.close();
            }
        } finally {
            if (spool != null) {
                spool.close();
            }
        }
        inFlight.forEach(pending -> pending.lost(new LedgerUnavailableException("the ledger is closed")));
    }

    // What it is at would go on beside what follows.
    private void endTimer() {
        timer.shutdownNow();
        try {
            if (!timer.awaitTermination(TIMER_END_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("The ledger's timer did not end within {}", TIMER_END_LIMIT);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    // What is in the file need not be waited for.
    private void awaitQuiet() {
        if (spool != null && spool.isActive()) {
            return;
        }
        Duration limit = spool == null ? CLOSE_LIMIT : SPOOLED_CLOSE_LIMIT;
        long deadline = System.nanoTime() + limit.toNanos();
        while (!inFlight.isEmpty() && System.nanoTime() - deadline < 0) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
    }
}
