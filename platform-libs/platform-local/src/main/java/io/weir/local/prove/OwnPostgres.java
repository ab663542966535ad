package io.weir.local.prove;

import io.weir.embedded.LaunchedServer;
import io.weir.embedded.ServerKind;
import io.weir.local.state.PrivateFiles;
import io.weir.proof.ground.Cluster;
import java.io.IOException;
import java.nio.file.Path;
import java.util.UUID;

/// A Postgres on a free port for one proof. It ends with this process, or when closed.
final class OwnPostgres implements AutoCloseable {

    private final LaunchedServer server;
    private final Cluster cluster;

    private OwnPostgres(LaunchedServer server, Cluster cluster) {
        this.server = server;
        this.cluster = cluster;
    }

    static OwnPostgres start(Path directory) throws IOException {
        String password = UUID.randomUUID().toString();
        Path file = directory.resolve("password");
        PrivateFiles.write(file, password);
        LaunchedServer server = LaunchedServer.start(ServerKind.POSTGRES, directory, 0, file);
        return new OwnPostgres(server, new Cluster("127.0.0.1", server.port(), "postgres", password));
    }

    Cluster cluster() {
        return cluster;
    }

    @Override
    public void close() {
        server.close();
    }
}
