package io.weir.audit.journal;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The journal's files in the order of their numbers: the last one is written, the first one is forwarded
/// and deleted once all of it has arrived. Belongs to one process at a time. Safe for use by many threads.
final class JournalDirectory implements AutoCloseable {

    private static final String ENDING = ".wal";

    private final Path directory;
    private final long fileSize;
    private final FileChannel owner;
    private final FileLock lock;
    private final Deque<JournalFile> files = new ArrayDeque<>();
    private @Nullable JournalFile written;
    private long next;

    private JournalDirectory(Path directory, long fileSize, FileChannel owner, FileLock lock) {
        this.directory = directory;
        this.fileSize = fileSize;
        this.owner = owner;
        this.lock = lock;
    }

    /// Opens it and recovers what is there. Throws [IOException] when another process has it or it cannot
    /// be used.
    ///
    /// @param fileSize bytes after which the next file is begun
    static JournalDirectory open(Path directory, long fileSize) throws IOException {
        Files.createDirectories(directory);
        FileChannel owner =
                FileChannel.open(directory.resolve("owner.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = lock(owner);
        if (lock == null) {
            owner.close();
            throw new IOException(directory + " is used by another process (expected: a directory of its own)");
        }
        JournalDirectory opened = new JournalDirectory(directory, fileSize, owner, lock);
        opened.recover();
        return opened;
    }

    private static @Nullable FileLock lock(FileChannel owner) throws IOException {
        try {
            return owner.tryLock();
        } catch (OverlappingFileLockException ours) {
            return null;
        }
    }

    private void recover() throws IOException {
        TreeMap<Long, Path> found = new TreeMap<>();
        try (DirectoryStream<Path> paths = Files.newDirectoryStream(directory, "*" + ENDING)) {
            for (Path path : paths) {
                String name = String.valueOf(path.getFileName());
                found.put(Long.parseLong(name.substring(0, name.length() - ENDING.length())), path);
            }
        }
        for (Path path : found.values()) {
            files.add(JournalFile.recover(path));
        }
        next = found.isEmpty() ? 1 : found.lastKey() + 1;
    }

    synchronized void append(List<byte[]> records) throws IOException {
        JournalFile file = written;
        if (file == null || file.size() >= fileSize) {
            file = JournalFile.create(directory.resolve("%012d%s".formatted(next++, ENDING)));
            files.add(file);
            written = file;
        }
        try {
            file.append(records);
        } catch (IOException failed) {
            // Nobody knows how much of it is there: what follows begins a new file.
            written = null;
            throw failed;
        }
    }

    /// What is to be forwarded next; empty when everything has been.
    synchronized List<byte[]> next(int most) throws IOException {
        dropForwarded();
        JournalFile first = files.peek();
        return first == null ? List.of() : first.next(most);
    }

    /// What [#next] answered with has arrived.
    synchronized void forwarded(List<byte[]> records) throws IOException {
        JournalFile first = files.peek();
        if (first != null) {
            first.forwarded(records);
        }
        dropForwarded();
    }

    private void dropForwarded() throws IOException {
        JournalFile first = files.peek();
        while (first != null && first.isForwarded()) {
            files.remove();
            if (first.equals(written)) {
                written = null;
            }
            first.delete();
            first = files.peek();
        }
    }

    /// Bytes that are not deleted yet.
    synchronized long size() {
        return files.stream().mapToLong(JournalFile::size).sum();
    }

    synchronized boolean isEmpty() {
        return files.stream().allMatch(JournalFile::isForwarded);
    }

    @Override
    public synchronized void close() throws IOException {
        for (JournalFile file : files) {
            file.close();
        }
        lock.release();
        owner.close();
    }
}
