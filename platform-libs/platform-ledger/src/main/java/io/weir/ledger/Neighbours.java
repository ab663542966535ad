package io.weir.ledger;

import io.weir.ledger.journal.WriteAheadFile;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/// Files on the same volume whose processes do not come back: a container's successor has another name. Delivers what
/// is in them, then tells that they are empty, then removes them. Their lock is held meanwhile: should the process come
/// back, it waits until that is done, or until that does not go on because the broker or the database is away. For one
/// thread.
final class Neighbours {

    private static final Logger LOG = LoggerFactory.getLogger(Neighbours.class);
    private static final Duration TELL_LIMIT = Duration.ofSeconds(10);
    private static final long LOOK_EVERY_NANOS = 10_000_000_000L;
    private static final long TELL_AGAIN_NANOS = 1_000_000_000;
    private static final long LET_GO_NANOS = 10_000_000_000L;

    private final Path own;
    private final Duration after;
    private final long maxBytes;
    private final String topic;
    private final AtomicLong places;
    private final SpillNotice notice;
    private final LedgerMeters meters;
    private final Map<Path, Abandoned> abandoned = new HashMap<>();
    private final Set<Path> unusable = new HashSet<>();
    private final List<TakenOver> takenOver = new ArrayList<>();

    /// @param since by [System#nanoTime]
    /// @param beat the last one, when that was first seen
    private record Abandoned(long since, FileTime beat) {}

    private static final class TakenOver {

        private final Path directory;
        private final WriteAheadFile file;
        private final Estate estate;
        private volatile boolean beingTold;
        private volatile boolean told;
        private volatile long tellNotBefore;
        private int undelivered;
        private long movedOn;

        TakenOver(Path directory, WriteAheadFile file, Estate estate, long now) {
            this.directory = directory;
            this.file = file;
            this.estate = estate;
            this.tellNotBefore = now;
            this.undelivered = estate.undelivered();
            this.movedOn = now;
        }

        /// While others are being told it moves on too: what they are told must not be of a later owner's file.
        boolean isStuck(long now) {
            if (undelivered != estate.undelivered()) {
                undelivered = estate.undelivered();
                movedOn = now;
            }
            return !beingTold && now - movedOn >= LET_GO_NANOS;
        }
    }

    /// @param own this process's directory, beside which the others are
    Neighbours(SpoolOptions own, String topic, AtomicLong places, SpillNotice notice, LedgerMeters meters) {
        this.own = own.directory().toAbsolutePath();
        this.maxBytes = own.maxBytes();
        this.after = own.takeOverAfter();
        this.topic = topic;
        this.places = places;
        this.notice = notice;
        this.meters = meters;
    }

    /// In nanoseconds.
    long lookEvery() {
        return Math.min(LOOK_EVERY_NANOS, after.toNanos());
    }

    /// Takes over what has been nobody's for long enough.
    void look(long now) {
        try (DirectoryStream<Path> found = Files.newDirectoryStream(own.resolveSibling(""), Files::isDirectory)) {
            for (Path directory : found) {
                if (!directory.equals(own)
                        && takenOver.stream().noneMatch(taken -> taken.directory.equals(directory))) {
                    lookAt(directory, now);
                }
            }
        } catch (IOException | DirectoryIteratorException unreadable) {
            LOG.warn("What other processes left beside {} cannot be looked for", own, unreadable);
        }
    }

    // What one of them is like is no reason to leave the others.
    private void lookAt(Path directory, long now) {
        try {
            look(directory, now);
            unusable.remove(directory);
        } catch (IOException | RuntimeException unreadable) {
            LOG.atLevel(unusable.add(directory) ? Level.WARN : Level.DEBUG)
                    .setCause(unreadable)
                    .log("What {} left cannot be taken over", directory);
        }
    }

    // One at a time: all of its file is in memory until it is delivered.
    private void look(Path directory, long now) throws IOException {
        if (!WriteAheadFile.isAbandoned(directory)) {
            abandoned.remove(directory);
            return;
        }
        // Not all volumes keep locks: who beats has it.
        FileTime beat = WriteAheadFile.lastBeat(directory);
        Abandoned seen = abandoned.compute(
                directory,
                (same, before) -> before == null || !before.beat().equals(beat) ? new Abandoned(now, beat) : before);
        if (takenOver.isEmpty() && now - seen.since() >= after.toNanos()) {
            abandoned.remove(directory);
            WriteAheadFile file = WriteAheadFile.openIfFree(directory, maxBytes);
            if (file != null) {
                takeOver(directory, file, now);
            }
        }
    }

    private void takeOver(Path directory, WriteAheadFile file, long now) {
        try {
            meters.damaged.increment((double) file.damagedBytes());
            takenOver.add(new TakenOver(directory, file, Estate.of(directory, file, topic, places, meters), now));
        } catch (RuntimeException | Error unusable) {
            file.close();
            throw unusable;
        }
    }

    /// Hands out what was taken over, and ends with what is delivered.
    void goOn(long now, Consumer<PendingRecord> taker) {
        for (TakenOver taken : List.copyOf(takenOver)) {
            taken.estate.handOut(taker);
            if (taken.told) {
                taken.file.closeAndRemove();
                takenOver.remove(taken);
            } else if (taken.isStuck(now)) {
                // What was handed out arrives all the same, and is known by its number should it come again.
                LOG.warn("{} is let go: what is in it cannot be delivered now", taken.directory);
                taken.file.close();
                takenOver.remove(taken);
            } else if (taken.estate.isDelivered() && !taken.beingTold && now - taken.tellNotBefore >= 0) {
                tell(taken, now);
            }
        }
    }

    private void tell(TakenOver taken, long now) {
        taken.beingTold = true;
        taken.tellNotBefore = now + TELL_AGAIN_NANOS;
        notice.drained(taken.estate.producer())
                .timeout(TELL_LIMIT)
                .doFinally(end -> taken.beingTold = false)
                .subscribe(
                        ignored -> {},
                        failure -> LOG.warn("Nobody could be told that {} is empty: {}", taken.directory, failure + ""),
                        () -> taken.told = true);
    }

    /// Lets go of them. What is not delivered stays for the next one.
    void close() {
        takenOver.forEach(taken -> taken.file.close());
        takenOver.clear();
    }
}
