package io.weir.testing;

import io.weir.embedded.FreePort;
import io.weir.embedded.LaunchedServer;
import io.weir.embedded.ServerKind;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// A broker that belongs to one test, which may stop it, kill it and start it again, on the same port and data.
public final class PrivateKafka implements AutoCloseable {

    private final Path directory;
    private final int port = FreePort.next();
    private @Nullable LaunchedServer server;

    PrivateKafka(Path directory) {
        this.directory = directory;
        start();
    }

    public String bootstrap() {
        return "127.0.0.1:" + port;
    }

    /// Returns when the broker answers. Nothing happens where it runs.
    public synchronized void start() {
        if (server == null) {
            server = LaunchedServer.start(ServerKind.KAFKA, directory, port, null);
        }
    }

    /// Returns when the broker has ended in an orderly way.
    public synchronized void stop() {
        if (server != null) {
            server.close();
            server = null;
        }
    }

    /// Ends the broker as a power cut of its process would.
    public synchronized void kill() {
        if (server != null) {
            server.kill();
            server = null;
        }
    }

    @Override
    public void close() {
        stop();
    }
}
