package io.weir.ledger;

import io.weir.ledger.journal.WriteAheadFile;
import java.io.IOException;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import reactor.core.publisher.Mono;

/// The writer's use of its write-ahead file. While the broker is slow to acknowledge, each event goes into the file as
/// well as into its lane, all those before it first, so that a partition's records in the file have no hole. It leaves
/// the file when the broker has it.
final class Spool implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Spool.class);

    private static final long TELL_AGAIN_NANOS = 500_000_000;
    private static final Duration TELL_LIMIT = Duration.ofSeconds(10);
    private static final Duration OPEN_LIMIT = Duration.ofSeconds(20);
    private static final long OPEN_AGAIN_NANOS = 200_000_000;
    private static final long TELL_LOOK_NANOS = 10_000_000;

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
    private volatile Estate inherited = Estate.NONE;
    private volatile boolean active;
    private volatile long tellNotBefore = System.nanoTime();

    // Written on the file's thread: something did not fit, so that nothing after it may go in.
    private volatile boolean holed;

    private Spool(SpoolOptions options, WriteAheadFile file, SpillNotice notice, LedgerMeters meters) {
        this.options = options;
        this.file = file;
        this.notice = notice;
        this.meters = meters;
        meters.spool(file::bytes);
    }

    /// Throws [IllegalStateException] when the directory cannot be used. Waits a while for a neighbour that delivers
    /// what a process before this one left.
    static Spool open(SpoolOptions options, SpillNotice notice, LedgerMeters meters) {
        try {
            WriteAheadFile file = WriteAheadFile.openIfFree(options.directory(), options.maxBytes());
            long deadline = System.nanoTime() + OPEN_LIMIT.toNanos();
            while (file == null && System.nanoTime() - deadline < 0) {
                LockSupport.parkNanos(OPEN_AGAIN_NANOS);
                file = WriteAheadFile.openIfFree(options.directory(), options.maxBytes());
            }
            if (file == null) {
                throw new IOException("Another process uses it");
            }
            meters.damaged.increment((double) file.damagedBytes());
            return new Spool(options, file, notice, meters);
        } catch (IOException unusable) {
            throw new IllegalStateException(
                    "The usage ledger's write-ahead file cannot be kept in " + options.directory()
                            + ". Make it writable, for one process alone.",
                    unusable);
        }
    }

    /// What a process before this one left; once.
    Estate left(String topic, AtomicLong places) {
        Estate left = Estate.of(options.directory(), file, topic, places, meters);
        inherited = left;
        return left;
    }

    /// Whether events go into the file as they come.
    boolean isActive() {
        return active;
    }

    /// Whether a new call may rely on it.
    boolean takesNewCalls() {
        return options.durable() && file.hasRoom() && !holed;
    }

    /// Whether a running call may rely on it.
    boolean isWorking() {
        return file.isWorking();
    }

    boolean isDue(long oldestAge) {
        return oldestAge >= options.after().toNanos();
    }

    /// Under the writer's order. Then [#tellWhenDue] must follow, without it.
    void activate(InFlight inFlight) {
        active = true;
        file.execute(() -> holed = false);
        inFlight.forEach(this::keep);
    }

    /// Under the writer's order.
    void deactivate() {
        active = false;
    }

    /// Under the writer's order, which is that of the records in the file. They are written out on the file's thread.
    void keep(PendingRecord pending) {
        if (!pending.isOver() && !pending.isInherited()) {
            pending.spooled();
            kept.incrementAndGet();
            file.execute(() -> {
                if (!keepNow(pending)) {
                    kept.decrementAndGet();
                }
            });
        }
    }

    private boolean keepNow(PendingRecord pending) {
        if (holed || pending.isOver() || pending.entry() != null) {
            return false;
        }
        byte[] content;
        try {
            content = SpooledRecord.write(pending.record());
        } catch (RuntimeException unwritable) {
            // The broker will not get it either: it leaves no hole.
            LOG.error("{} cannot be written out", pending.id(), unwritable);
            return false;
        }
        WriteAheadFile.Entry entry =
                file.append(content, () -> durable(pending), () -> LOG.error("Not kept: {}", pending.id()));
        holed = entry == null;
        pending.keptAs(entry);
        if (entry != null) {
            meters.kept.increment();
        }
        return entry != null;
    }

    /// The broker has it, or never will.
    void done(PendingRecord pending) {
        file.execute(() -> {
            WriteAheadFile.Entry entry = pending.entry();
            if (entry != null) {
                pending.keptAs(null);
                file.done(entry);
                kept.decrementAndGet();
            }
        });
    }

    /// Keeps a record that can never be delivered for somebody to look at.
    void setAside(PendingRecord pending) {
        file.execute(() -> {
            try {
                file.setAside(SpooledRecord.write(pending.record()));
            } catch (RuntimeException unwritable) {
                LOG.error("{} cannot be written at all", pending.id(), unwritable);
            }
        });
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
        boolean inUse = active || kept.get() > 0 || !inherited.isDelivered();
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
                            // With nothing in it that is no hurry, and at a first start the tables are missing.
                            LOG.atLevel(active || kept.get() > 0 ? Level.WARN : Level.DEBUG)
                                    .log("Nobody could be told of the write-ahead file: {}", failure.toString());
                            tellNotBefore = System.nanoTime() + TELL_AGAIN_NANOS;
                            known.set(Known.UNCLEAR);
                        },
                        whenDone);
    }

    /// Waits until others know what they should, so long at most.
    void awaitTold(Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        while (options.durable() && known.get() != Known.TOLD && System.nanoTime() - deadline < 0) {
            tellWhenDue();
            LockSupport.parkNanos(TELL_LOOK_NANOS);
        }
    }

    private boolean fromUnclear(Known next) {
        return known.compareAndSet(Known.UNCLEAR, next);
    }

    @Override
    public void close() {
        file.close();
    }
}
