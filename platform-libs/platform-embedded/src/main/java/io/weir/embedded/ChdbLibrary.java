package io.weir.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// ClickHouse's engine as a library. It comes as an npm package, is far too large to be kept with the sources, and is
/// fetched once per machine; npm checks it against the registry's digest. `WEIR_CHDB_LIBRARY` names another copy.
public final class ChdbLibrary {

    private static final String PACKAGE = "@chdb/lib-linux-x64-gnu";
    private static final String VERSION = "26.7.3-stable.1";
    private static final String FILE = "libchdb.so";
    private static final long MEGABYTE = 1 << 20;

    private ChdbLibrary() {}

    /// The library's file, fetched if it was not there. Tells its progress on standard error.
    public static Path locate() throws IOException, InterruptedException {
        String named = System.getenv("WEIR_CHDB_LIBRARY");
        if (named != null && !named.isBlank()) {
            return Path.of(named);
        }
        PostgresPrograms.requirePlatform();
        return CacheDirectory.entry("chdb-" + VERSION, ChdbLibrary::fetch).resolve(FILE);
    }

    private static void fetch(Path directory) throws IOException, InterruptedException {
        System.err.println("fetching ClickHouse's engine (" + PACKAGE + " " + VERSION + ", about 570 MB unpacked) ...");
        Path unpacked = directory.resolve("npm");
        Files.createDirectories(unpacked);
        Process npm = npm(unpacked);
        while (!npm.waitFor(3, TimeUnit.SECONDS)) {
            System.err.println("  " + size(unpacked) / MEGABYTE + " MB");
        }
        Path library = unpacked.resolve("node_modules").resolve(PACKAGE).resolve(FILE);
        if (npm.exitValue() != 0 || !Files.exists(library)) {
            throw new ServerStartException("npm could not fetch " + PACKAGE + "@" + VERSION
                    + " (its output is above); check that Node is installed and the registry can be reached,"
                    + " or name a copy of " + FILE + " in WEIR_CHDB_LIBRARY");
        }
        Files.move(library, directory.resolve(FILE));
        CacheDirectory.deleteTree(unpacked);
    }

    private static Process npm(Path directory) throws IOException {
        try {
            return new ProcessBuilder(
                            "npm",
                            "install",
                            "--ignore-scripts",
                            "--no-save",
                            "--no-audit",
                            "--no-fund",
                            "--loglevel=error",
                            "--prefix",
                            directory.toString(),
                            PACKAGE + "@" + VERSION)
                    .directory(directory.toFile())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            throw new ServerStartException("npm is not to be found; install Node 20 or newer", e);
        }
    }

    private static long size(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.mapToLong(file -> file.toFile().length()).sum();
        } catch (IOException | UncheckedIOException e) {
            return 0; // npm moves files while we look
        }
    }
}
