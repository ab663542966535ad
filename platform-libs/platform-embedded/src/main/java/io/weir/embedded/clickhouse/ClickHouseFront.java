package io.weir.embedded.clickhouse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// A ClickHouse of this process: the engine over one data directory, and its HTTP port on the loopback address.
/// The only user is `default`.
public final class ClickHouseFront implements AutoCloseable {

    private final Engine engine;
    private final HttpFront http;
    private final int port;

    private ClickHouseFront(Engine engine, HttpFront http, int port) {
        this.engine = engine;
        this.http = http;
        this.port = port;
    }

    /// Returns when the engine has answered a query and the port is open. At most one per process.
    public static ClickHouseFront open(Path library, Path data, int port, String password) throws IOException {
        // Read by the JDK's server when its first instance is made.
        System.setProperty("sun.net.httpserver.nodelay", "true");
        System.setProperty("sun.net.httpserver.idleInterval", "300");
        Files.createDirectories(data);
        Engine engine = new Engine(library, data);
        HttpFront http = new HttpFront(engine, port, password);
        return new ClickHouseFront(engine, http, http.start());
    }

    public int port() {
        return port;
    }

    @Override
    public void close() {
        http.close();
        engine.close();
    }
}
