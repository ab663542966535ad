package io.weir.r2dbc;

import io.weir.embedded.LaunchedServer;
import io.weir.embedded.ServerKind;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/// A Postgres of the test's own, which can be stopped, and of which a streaming replica can be made.
final class PrivatePostgres implements AutoCloseable {

    static final String PASSWORD = "private";

    private final Path directory;
    private final Path passwordFile;
    private @Nullable LaunchedServer server;
    private int port;

    private PrivatePostgres(Path directory) throws IOException {
        this.directory = Files.createDirectories(directory);
        this.passwordFile = Files.writeString(directory.resolve("password"), PASSWORD);
    }

    static PrivatePostgres start(Path directory) throws IOException {
        PrivatePostgres postgres = new PrivatePostgres(directory);
        postgres.resume();
        return postgres;
    }

    /// A running replica of this server, by a copy of its files.
    PrivatePostgres replica(Path other) throws IOException, SQLException {
        PrivatePostgres replica = new PrivatePostgres(other);
        Path to = replica.data();
        try (Connection connection = superuser("postgres");
                Statement statement = connection.createStatement()) {
            statement.execute("SELECT pg_backup_start('replica', true)");
            copy(data(), to);
            try (ResultSet stopped = statement.executeQuery("SELECT labelfile FROM pg_backup_stop(false)")) {
                stopped.next();
                Files.writeString(to.resolve("backup_label"), stopped.getString(1));
            }
        }
        Files.writeString(
                to.resolve("postgresql.auto.conf"),
                "primary_conninfo = 'host=127.0.0.1 port=" + port + " user=postgres password=" + PASSWORD + "'\n");
        Files.createFile(to.resolve("standby.signal"));
        replica.resume();
        return replica;
    }

    int port() {
        return port;
    }

    void resume() {
        server = LaunchedServer.start(ServerKind.POSTGRES, directory, port, passwordFile);
        port = server.port();
    }

    void stop() {
        if (server != null) {
            server.close();
            server = null;
        }
    }

    String jdbcUrl(String database) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
    }

    Connection superuser(String database) throws SQLException {
        return DriverManager.getConnection(jdbcUrl(database), "postgres", PASSWORD);
    }

    @Override
    public void close() {
        stop();
    }

    Path data() {
        return directory.resolve(ServerKind.POSTGRES.title());
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.walkFileTree(from, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path visited, BasicFileAttributes attributes) throws IOException {
                Path made = Files.createDirectories(
                        to.resolve(from.relativize(visited).toString()));
                Files.setPosixFilePermissions(made, Files.getPosixFilePermissions(visited));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                String name = file.getFileName().toString();
                if (!name.equals("postmaster.pid") && !name.equals("postmaster.opts")) {
                    Files.copy(file, to.resolve(from.relativize(file).toString()), StandardCopyOption.COPY_ATTRIBUTES);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException gone) {
                // A server that runs removes files; what matters of them is in its log.
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
