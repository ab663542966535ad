package io.weir.ledger.journal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps records on the disk until they are done with. One thread of its own writes what has gathered and forces it
/// once for all of them. Records keep the order in which they were appended. A record that a process death tore is
/// found by its checksum and was never confirmed. Safe for use by many threads; one process at a time has a directory.
public final class WriteAheadFile implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(WriteAheadFile.class);
    private static final String SUFFIX = ".wal";
    private static final String ASIDE = ".damaged";
    private static final Pattern NUMBERED = Pattern.compile("(0[0-9]{18})(\\..+)");
    private static final int SEGMENTS = 8;
    private static final int MOST_AT_ONCE = 512;
    private static final long IDLE_NANOS = 100_000_000;
    private static final long BEAT_NANOS = 5_000_000_000L;

    private final Path directory;
    private final long maxBytes;
    private final DirectoryLock lock;
    // Without locks: event loops add to it.
    private final Queue<Runnable> work = new ConcurrentLinkedQueue<>();
    private final AtomicLong bytes = new AtomicLong();
    private final List<Left> left = new ArrayList<>();
    // Those that are on the disk: each has its file open.
    private final Set<Segment> segments = ConcurrentHashMap.newKeySet();
    private final Thread thread;
    private long damaged;
    private volatile boolean closed;
    private volatile @Nullable IOException broken;

    // Of the thread.
    private @Nullable Segment current;
    private long nextSegment;
    private long nextBeat = System.nanoTime();
    private final Set<Entry> batch = new LinkedHashSet<>();

    private WriteAheadFile(Path directory, long maxBytes, DirectoryLock lock) {
        this.directory = directory;
        this.maxBytes = maxBytes;
        this.lock = lock;
        this.thread = Thread.ofPlatform().name("ledger-file").daemon().unstarted(this::run);
    }

    /// Opens the directory, which is made where it is missing, and reads what is left in it.
    ///
    /// Throws [IOException] when it cannot be read or written, or another process has it.
    ///
    /// @param maxBytes what all segments may take together
    public static WriteAheadFile open(Path directory, long maxBytes) throws IOException {
        WriteAheadFile file = openIfFree(directory, maxBytes);
        if (file == null) {
            throw new IOException(directory + " is in use by another process");
        }
        return file;
    }

    /// As [#open]; null where somebody has the directory.
    public static @Nullable WriteAheadFile openIfFree(Path directory, long maxBytes) throws IOException {
        Files.createDirectories(directory);
        DirectoryLock lock = DirectoryLock.tryTake(directory);
        if (lock == null) {
            return null;
        }
        WriteAheadFile file = new WriteAheadFile(directory, maxBytes, lock);
        try {
            file.recover();
        } catch (IOException | RuntimeException | Error unreadable) {
            file.closeSegments();
            lock.close();
            throw unreadable;
        }
        file.thread.start();
        return file;
    }

    /// Whether a process had the directory, and nobody has it now. Whoever opens it at this moment finds it taken.
    public static boolean isAbandoned(Path directory) throws IOException {
        if (!DirectoryLock.wasTaken(directory)) {
            return false;
        }
        DirectoryLock lock = DirectoryLock.tryTake(directory);
        if (lock != null) {
            lock.close();
        }
        return lock != null;
    }

    /// When who had the directory last showed that it has it, as the volume says; it does so every few seconds. For
    /// volumes on which locks keep nobody out.
    public static FileTime lastBeat(Path directory) throws IOException {
        return DirectoryLock.lastBeat(directory);
    }

    private void recover() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            for (Path path : files.sorted().toList()) {
                Matcher numbered = NUMBERED.matcher(path.getFileName().toString());
                if (numbered.matches()) {
                    // Also of what was set aside, so that nothing takes its name.
                    nextSegment = 1 + Long.parseLong(numbered.group(1));
                    if (numbered.group(2).equals(SUFFIX)) {
                        recover(Segment.recover(path));
                    }
                }
            }
        }
    }

    private void recover(Segment.Recovered recovered) throws IOException {
        damaged += recovered.damaged();
        bytes.addAndGet(recovered.segment().size());
        if (recovered.records().isEmpty()) {
            recovered.segment().delete();
        } else {
            segments.add(recovered.segment());
        }
        for (byte[] record : recovered.records()) {
            Entry entry = new Entry(record.length, new byte[0], () -> {}, () -> {});
            entry.segment = recovered.segment();
            left.add(new Left(record, entry));
        }
    }

    /// A record that a process before this one left.
    public record Left(byte[] content, Entry entry) {}

    /// A record's place; for [#done].
    public static final class Entry {

        private final int length;
        private final Runnable whenDurable;
        private final Runnable whenFailed;
        private byte[] content;
        private @Nullable Segment segment;

        private Entry(int length, byte[] content, Runnable whenDurable, Runnable whenFailed) {
            this.length = length;
            this.content = content;
            this.whenDurable = whenDurable;
            this.whenFailed = whenFailed;
        }
    }

    /// What was left when it was opened, in order; once.
    public List<Left> takeLeft() {
        List<Left> taken = List.copyOf(left);
        left.clear();
        return taken;
    }

    /// Bytes that were found at the ends of files and are no whole record.
    public long damagedBytes() {
        return damaged;
    }

    /// Bytes in use, also by records that are done with whose neighbours in a segment are not.
    public long bytes() {
        return bytes.get();
    }

    /// Whether it can take records, and a quarter of it at least is free: new work may begin that will need it.
    public boolean hasRoom() {
        return isWorking() && bytes.get() <= maxBytes / 4 * 3;
    }

    /// Whether it takes records at all: it is open, and the disk has not failed.
    public boolean isWorking() {
        return broken == null && !closed;
    }

    /// Takes a record; null where it is full, closed, or broken.
    ///
    /// @param whenDurable run on the file's thread once the record outlives the process
    /// @param whenFailed run when it could not be written
    public @Nullable Entry append(byte[] content, Runnable whenDurable, Runnable whenFailed) {
        boolean takes = isWorking() || (broken == null && Thread.currentThread().threadId() == thread.threadId());
        if (!takes || content.length > Segment.LONGEST) {
            return null;
        }
        long size = (long) Segment.HEAD + content.length;
        if (bytes.addAndGet(size) > maxBytes) {
            bytes.addAndGet(-size);
            return null;
        }
        Entry entry = new Entry(content.length, content, whenDurable, whenFailed);
        add(() -> batch.add(entry));
        return entry;
    }

    /// The record is not needed any more.
    public void done(Entry entry) {
        add(() -> remove(entry));
    }

    /// Runs something on the file's thread, after what it was given before. Before it closes, it does all of that.
    public void execute(Runnable task) {
        add(task);
    }

    /// As [#setAside(byte\[\], Runnable)].
    public void setAside(byte[] content) {
        setAside(content, () -> {});
    }

    /// Keeps a record that can never be delivered in a file of its own, for somebody to look at. Its name follows from
    /// the content: a record that comes again is there once.
    ///
    /// @param whenNew run on the file's thread, before that, where it is not there yet
    public void setAside(byte[] content, Runnable whenNew) {
        add(() -> {
            Path path = directory.resolve(UUID.nameUUIDFromBytes(content) + ASIDE);
            try {
                if (Files.exists(path) && Files.size(path) == content.length) {
                    return;
                }
                whenNew.run();
                Files.write(
                        path,
                        content,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.SYNC);
                LOG.error("A record that cannot be delivered was set aside in {}", path);
            } catch (IOException failed) {
                LOG.error("A record that cannot be delivered could not be set aside in {}", path, failed);
            }
        });
    }

    private void add(Runnable task) {
        work.add(task);
        LockSupport.unpark(thread);
    }

    private void run() {
        while (!closed || !work.isEmpty()) {
            try {
                beatWhenDue();
                Runnable task = work.poll();
                if (task == null) {
                    LockSupport.parkNanos(IDLE_NANOS);
                }
                for (int taken = 1; task != null; taken++) {
                    task.run();
                    task = taken < MOST_AT_ONCE ? work.poll() : null;
                }
                writeBatch();
            } catch (RuntimeException | Error defect) {
                LOG.error("The write-ahead file's thread met a defect", defect);
            }
        }
    }

    private void beatWhenDue() {
        long now = System.nanoTime();
        if (now - nextBeat < 0) {
            return;
        }
        nextBeat = now + BEAT_NANOS;
        try {
            lock.beat();
        } catch (IOException unsaid) {
            LOG.warn("Others on its volume cannot see that {} is in use", directory, unsaid);
        }
    }

    private void writeBatch() {
        if (batch.isEmpty()) {
            return;
        }
        List<Entry> written = List.copyOf(batch);
        batch.clear();
        try {
            write(written);
        } catch (IOException failed) {
            LOG.error("The write-ahead file in {} failed; nothing more is written to it", directory, failed);
            broken = failed;
            written.forEach(entry -> entry.whenFailed.run());
            return;
        }
        written.forEach(entry -> entry.whenDurable.run());
    }

    private void write(List<Entry> entries) throws IOException {
        IOException before = broken;
        if (before != null) {
            throw before;
        }
        Segment segment = current;
        if (segment == null || segment.size() > maxBytes / SEGMENTS) {
            Segment full = segment;
            segment = Segment.create(directory.resolve(String.format(Locale.ROOT, "%019d" + SUFFIX, nextSegment++)));
            segments.add(segment);
            current = segment;
            if (full != null && full.isEmpty()) {
                // It could not be cleared.
                discard(full);
            }
        }
        segment.append(entries.stream().map(entry -> entry.content).toList());
        for (Entry entry : entries) {
            entry.segment = segment;
            entry.content = new byte[0];
        }
    }

    // One that is done before it was written need not be. A segment takes its room until all of it is done.
    private void remove(Entry entry) {
        Segment segment = entry.segment;
        entry.segment = null;
        if (segment == null) {
            if (batch.remove(entry)) {
                bytes.addAndGet(-(long) Segment.HEAD - entry.length);
            }
        } else if (segment.done()) {
            discard(segment);
        }
    }

    // What stays on the disk goes on taking its room.
    private void discard(Segment segment) {
        long size = segment.size();
        try {
            if (segment == current) {
                segment.clear();
            } else {
                segment.delete();
                segments.remove(segment);
            }
            bytes.addAndGet(-size);
        } catch (IOException kept) {
            LOG.warn("Records that are done with stay in {}, and will come back as duplicates", directory, kept);
        }
    }

    /// Writes what was taken, then lets go of the directory. What is not done stays for the next one to open it.
    @Override
    public void close() {
        close(() -> {});
    }

    /// As [#close]; where no record is left, nothing is left of the directory either, except for what was set aside:
    /// then the directory is one that nobody ever had.
    public void closeAndRemove() {
        close(() -> lock.removeDirectory(SUFFIX));
    }

    private void close(CleanUp beforeUnlocking) {
        closed = true;
        LockSupport.unpark(thread);
        try {
            thread.join(5_000);
            closeSegments();
            Segment segment = current;
            if (segment != null && segment.isEmpty()) {
                segment.delete();
            }
            beforeUnlocking.run();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } catch (IOException notClosed) {
            LOG.warn("The write-ahead file in {} was not closed", directory, notClosed);
        } finally {
            unlock();
        }
    }

    // An open file keeps its room on the disk, also when another process deletes it.
    private void closeSegments() {
        for (Segment segment : segments) {
            try {
                segment.close();
            } catch (IOException notClosed) {
                LOG.warn("A segment in {} was not closed", directory, notClosed);
            }
        }
    }

    private void unlock() {
        try {
            lock.close();
        } catch (IOException notClosed) {
            LOG.warn("The lock of {} was not closed", directory, notClosed);
        }
    }

    private interface CleanUp {
        void run() throws IOException;
    }
}
