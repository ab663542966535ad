package io.weir.embedded;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// Programs and libraries that are unpacked or fetched once per user and machine, in `$XDG_CACHE_HOME/weir`.
/// An entry is complete or absent: it is filled beside its place and then renamed. Several processes may ask at once.
final class CacheDirectory {

    interface Filler {
        void fill(Path directory) throws IOException, InterruptedException;
    }

    private CacheDirectory() {}

    static Path root() {
        String cacheHome = System.getenv("XDG_CACHE_HOME");
        Path base = cacheHome == null || cacheHome.isBlank()
                ? Path.of(System.getProperty("user.home"), ".cache")
                : Path.of(cacheHome);
        return base.resolve("weir");
    }

    /// The directory of that name, filled if it was not there.
    static Path entry(String name, Filler filler) throws IOException, InterruptedException {
        Path entry = root().resolve(name);
        if (Files.isDirectory(entry)) {
            return entry;
        }
        Files.createDirectories(root());
        Path lockFile = root().resolve(name + ".lock");
        try (FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.lock()) {
            if (lock.isValid() && !Files.isDirectory(entry)) {
                fillAndRename(entry, filler);
            }
        }
        return entry;
    }

    private static void fillAndRename(Path entry, Filler filler) throws IOException, InterruptedException {
        Path partial = entry.resolveSibling(entry.getFileName() + ".partial");
        deleteTree(partial);
        Files.createDirectories(partial);
        filler.fill(partial);
        Files.move(partial, entry, StandardCopyOption.ATOMIC_MOVE);
    }

    static void deleteTree(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        List<Path> deepestFirst;
        try (Stream<Path> all = Files.walk(directory)) {
            deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : deepestFirst) {
            Files.delete(path);
        }
    }
}
