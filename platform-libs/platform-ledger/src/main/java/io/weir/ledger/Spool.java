package io.weir.ledger;

import io.weir.ledger.journal.WriteAheadFile;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/// The writer's use of its write-ahead file. While the broker is slow to acknowledge, each event goes into the file as
/// well as into its lane, all those before it first, so that a partition's records in the file have no hole. It leaves
/// the file when the broker has it.
final class Spool implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Spool.class);

    private static final long TELL_AGAIN_NANOS = 500_000_000;
    private static final Duration TELL_LIMIT = Duration.ofSeconds(10);

    /// What others know of the file.
    private enum Known {
        /// They may have been told of the file: by a process before this one, or by an attempt that seemed to fail.
        UNCLEAR,
        NOTHING,
        BEING_TOLD,
        TOLD,
        BEING_CLEARED
    }

    private final SpoolOptions options;
    private final WriteAheadFile file;
    private final SpillNotice notice;
    private final LedgerMeters meters;
    private final AtomicReference<Known> known = new AtomicReference<>(Known.UNCLEAR);
    private final AtomicInteger kept = new AtomicInteger();
    private final Queue<PendingRecord> untold = new ConcurrentLinkedQueue<>();
    private volatile boolean active;
    private volatile long tellNotBefore = System.nanoTime();

    // Under the writer's order: something did not fit, so that nothing after it may go in.
    private boolean holed;

    private Spool(SpoolOptions options, WriteAheadFile file, SpillNotice notice, LedgerMeters meters) {
        this.options = options;
        this.file = file;
        this.notice = notice;
        this.meters = meters;
        meters.spool(file::bytes);
    }

    /// Throws [IllegalStateException] when the directory cannot be used.
    static Spool open(SpoolOptions options, SpillNotice notice, LedgerMeters meters) {
        try {
            WriteAheadFile file = WriteAheadFile.open(options.directory(), options.maxBytes());
            meters.damaged.increment((double) file.damagedBytes());
            return new Spool(options, file, notice, meters);
        } catch (IOException unusable) {
            throw new IllegalStateException(
                    "The usage ledger's write-ahead file cannot be kept in " + options.directory()
                            + ". Make it writable, for one process alone.",
                    unusable);
        }
    }

    List<WriteAheadFile.Left> takeLeft() {
        List<WriteAheadFile.Left> left = file.takeLeft();
        kept.addAndGet(left.size());
        meters.recovered.increment(left.size());
        return left;
    }

    /// Whether events go into the file as they come.
    boolean isActive() {
        return active;
    }

    /// Whether a new call may rely on it.
    boolean takesNewCalls() {
        return options.durable() && file.hasRoom();
    }

    /// Whether a running call may rely on it.
    boolean isWorking() {
        return file.isWorking();
    }

    boolean isDue(long oldestAge) {
        return oldestAge >= options.after().toNanos();
    }

    /// Under the writer's order. Then [#tellWhenDue] must follow, without it.
    void activate(Collection<PendingRecord> inFlight) {
        active = true;
        holed = false;
        inFlight.forEach(this::keep);
    }

    void deactivate() {
        active = false;
    }

    /// Under the writer's order.
    void keep(PendingRecord pending) {
        if (holed || pending.isOver() || pending.entry() != null) {
            return;
        }
        WriteAheadFile.Entry entry = file.append(
                SpooledRecord.write(pending.record()),
                () -> durable(pending),
                () -> LOG.error("Not kept: {}", pending.id()));
        holed = entry == null;
        if (entry != null) {
            pending.keptAs(entry);
            kept.incrementAndGet();
            meters.kept.increment();
        }
    }

    /// The broker has it. Under the writer's order.
    void done(PendingRecord pending) {
        WriteAheadFile.Entry entry = pending.entry();
        if (entry != null) {
            file.done(entry);
            kept.decrementAndGet();
        }
    }

    private void durable(PendingRecord pending) {
        untold.add(pending);
        answerWhenTold();
    }

    // Nobody is told of a file that may vanish with its place: all new calls' holds are with the broker then.
    private void answerWhenTold() {
        while (!options.durable() || known.get() == Known.TOLD) {
            PendingRecord pending = untold.poll();
            if (pending == null) {
                return;
            }
            if (options.durable() || !pending.isNewCall()) {
                pending.kept();
            }
        }
    }

    /// Tells others what they should know, as far as that has changed.
    void tellWhenDue() {
        if (System.nanoTime() - tellNotBefore < 0) {
            return;
        }
        boolean inUse = active || kept.get() > 0;
        if (!inUse) {
            untold.clear();
        }
        if (inUse && options.durable()) {
            if (known.compareAndSet(Known.NOTHING, Known.BEING_TOLD) || (active && fromUnclear(Known.BEING_TOLD))) {
                tell(notice.begin(), () -> {
                    known.set(Known.TOLD);
                    answerWhenTold();
                });
            }
        } else if (!inUse
                && (known.compareAndSet(Known.TOLD, Known.BEING_CLEARED) || fromUnclear(Known.BEING_CLEARED))) {
            tell(notice.end(), () -> known.set(Known.NOTHING));
        }
    }

    // What failed may have been done all the same, now or later.
    private void tell(Mono<Void> what, Runnable whenDone) {
        what.timeout(TELL_LIMIT)
                .subscribe(
                        ignored -> {},
                        failure -> {
                            LOG.warn("Nobody could be told of the write-ahead file: {}", failure.toString());
                            tellNotBefore = System.nanoTime() + TELL_AGAIN_NANOS;
                            known.set(Known.UNCLEAR);
                        },
                        whenDone);
    }

    private boolean fromUnclear(Known next) {
        return known.compareAndSet(Known.UNCLEAR, next);
    }

    @Override
    public void close() {
        file.close();
    }
}
