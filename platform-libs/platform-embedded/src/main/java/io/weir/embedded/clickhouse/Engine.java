package io.weir.embedded.clickhouse;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The engine over one data directory, with all its connections opened at the start: opening one under load is not
/// safe.
final class Engine implements AutoCloseable {

    private static final int CONNECTIONS = 6;
    private static final long WAIT_SECONDS = 60;

    private final ChdbFunctions chdb;
    private final List<ChdbConnection> all = new ArrayList<>();
    private final BlockingQueue<ChdbConnection> free = new ArrayBlockingQueue<>(CONNECTIONS);
    private final String version;

    Engine(Path library, Path data) {
        chdb = new ChdbFunctions(library);
        for (int i = 0; i < CONNECTIONS; i++) {
            all.add(new ChdbConnection(chdb, List.of("--path=" + data)));
        }
        free.addAll(all);
        version = all.getFirst().text("SELECT version()").strip();
    }

    String version() {
        return version;
    }

    /// A connection to hand back with [#giveBack]. Waits for up to a minute.
    ChdbConnection lease() throws InterruptedException {
        ChdbConnection connection = free.poll(WAIT_SECONDS, TimeUnit.SECONDS);
        if (connection == null) {
            throw new ChdbException(
                    ChdbException.TOO_MANY_SIMULTANEOUS_QUERIES,
                    "TOO_MANY_SIMULTANEOUS_QUERIES",
                    "Too many simultaneous queries. Maximum: " + CONNECTIONS);
        }
        return connection;
    }

    void giveBack(ChdbConnection connection) {
        free.add(connection);
    }

    /// Waits a short while for running statements, then closes. The data is safe without it.
    @Override
    public void close() {
        for (int i = 0; i < CONNECTIONS; i++) {
            ChdbConnection connection = idleWithinASecond();
            if (connection == null) {
                return;
            }
            connection.close();
        }
        chdb.shutdown();
    }

    private @Nullable ChdbConnection idleWithinASecond() {
        try {
            return free.poll(1, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }
}
