package io.weir.testing;

import io.weir.embedded.LaunchedServer;
import io.weir.embedded.ServerKind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/// The servers that this JVM started for its tests. They end with it, and their data with them.
final class Servers {

    private final Path directory;
    private final Path passwordFile;
    private final String password = UUID.randomUUID().toString();
    private final List<LaunchedServer> started = new ArrayList<>();

    Servers() {
        try {
            directory = Files.createTempDirectory("weir-servers-");
            passwordFile = Files.writeString(directory.resolve("password"), password);
        } catch (IOException e) {
            throw new UncheckedIOException("no place for the data of the test servers", e);
        }
        Runtime.getRuntime().addShutdownHook(new Thread(this::close, "test-servers-stop"));
    }

    String password() {
        return password;
    }

    /// The port of a server that has just been started.
    int start(ServerKind kind) {
        LaunchedServer server = LaunchedServer.start(kind, directory, 0, kind.hasPassword() ? passwordFile : null);
        synchronized (started) {
            started.add(server);
        }
        return server.port();
    }

    private void close() {
        synchronized (started) {
            started.parallelStream().forEach(LaunchedServer::close);
        }
        deleteTree(directory);
    }

    static void deleteTree(Path directory) {
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            System.err.println("test servers: " + directory + " could not be deleted: " + e);
        }
    }
}
