package io.weir.ledger.journal;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A process's hold on a directory, which ends with the process at the latest.
final class DirectoryLock implements Closeable {

    private static final Logger LOG = LoggerFactory.getLogger(DirectoryLock.class);
    private static final String NAME = "lock";

    // Of this process: opening a lock's file a second time would let go of the lock.
    private static final Set<Path> TAKEN = ConcurrentHashMap.newKeySet();

    private final Path directory;
    private final FileChannel channel;

    private DirectoryLock(Path directory, FileChannel channel) {
        this.directory = directory;
        this.channel = channel;
    }

    /// Whether somebody has it, or had it.
    static boolean wasTaken(Path directory) {
        return Files.exists(directory.resolve(NAME));
    }

    /// When it was last taken or beat, as the volume says.
    static FileTime lastBeat(Path directory) throws IOException {
        return Files.getLastModifiedTime(directory.resolve(NAME));
    }

    /// Shows that somebody has it where the volume keeps no locks.
    void beat() throws IOException {
        channel.write(ByteBuffer.allocate(1), 0);
        channel.force(true);
    }

    /// Null: somebody has it.
    static @Nullable DirectoryLock tryTake(Path directory) throws IOException {
        Path real = directory.toRealPath();
        if (!TAKEN.add(real)) {
            return null;
        }
        FileChannel channel = null;
        try {
            channel = lock(real.resolve(NAME));
        } finally {
            if (channel == null) {
                TAKEN.remove(real);
            }
        }
        return channel == null ? null : new DirectoryLock(real, channel);
    }

    // Whoever had it before may have deleted the file meanwhile: a lock on that keeps nobody out.
    private static @Nullable FileChannel lock(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            Object opened = identity(file);
            FileLock taken = channel.tryLock();
            if (taken != null && opened != null && opened.equals(identity(file))) {
                return channel;
            }
        } catch (OverlappingFileLockException ours) {
            LOG.debug("{} is open in this process", file);
        }
        channel.close();
        return null;
    }

    private static @Nullable Object identity(Path file) throws IOException {
        try {
            return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
        } catch (NoSuchFileException deleted) {
            return null;
        }
    }

    /// Where nothing else is in it. With other files in it, nothing shows any more that somebody had it; not so with
    /// one that ends in the suffix. While it is held.
    void removeDirectory(String unless) throws IOException {
        List<Path> others;
        try (Stream<Path> files = Files.list(directory)) {
            others = files.filter(file -> !file.endsWith(NAME)).toList();
        }
        if (others.stream().noneMatch(file -> file.toString().endsWith(unless))) {
            Files.delete(directory.resolve(NAME));
            if (others.isEmpty()) {
                Files.delete(directory);
            }
        }
    }

    @Override
    public void close() throws IOException {
        try {
            channel.close();
        } finally {
            TAKEN.remove(directory);
        }
    }
}
