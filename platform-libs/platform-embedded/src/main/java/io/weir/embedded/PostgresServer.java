package io.weir.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/// A Postgres with its own data directory, on the loopback address, with a password for everyone and `fsync` on.
/// The superuser is `postgres`. Where root starts it, it runs in a user namespace of its own, as Postgres refuses root.
public final class PostgresServer {

    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration STOP = Duration.ofSeconds(30);

    private PostgresServer() {}

    public static void main(String[] arguments) {
        ServerProcess.run("postgres", arguments, PostgresServer::start);
    }

    static RunningServer start(ServerArguments arguments) throws IOException, InterruptedException {
        Path bin = PostgresPrograms.bin();
        String password = arguments.password();
        if (!Files.exists(arguments.data().resolve("PG_VERSION"))) {
            initialize(bin, arguments);
        }
        awaitFormerServer(arguments.data());
        int port = FreePort.orNext(arguments.port());
        GuardedProcess process = GuardedProcess.start("INT", STOP, command(bin, arguments.data(), port));
        awaitReady(process, port, password);
        return new Running(process, port);
    }

    private static void initialize(Path bin, ServerArguments arguments) throws IOException, InterruptedException {
        Path partial = arguments.data().resolveSibling(arguments.data().getFileName() + ".partial");
        CacheDirectory.deleteTree(partial);
        Files.createDirectories(partial.resolveSibling("."));
        List<String> command = new ArrayList<>(asOrdinaryUser());
        command.addAll(List.of(
                bin.resolve("initdb").toString(),
                "--pgdata=" + partial,
                "--username=postgres",
                "--pwfile=" + arguments.passwordFile(),
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8"));
        Process initdb = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.PIPE)
                .start();
        initdb.getInputStream().transferTo(System.err);
        if (initdb.waitFor() != 0) {
            throw new ServerStartException("initdb failed with status " + initdb.exitValue() + "; its output is above");
        }
        // An empty directory may have been made for us.
        Files.deleteIfExists(arguments.data());
        Files.move(partial, arguments.data());
    }

    private static List<String> command(Path bin, Path data, int port) {
        List<String> command = new ArrayList<>(asOrdinaryUser());
        command.addAll(List.of(bin.resolve("postgres").toString(), "-D", data.toString()));
        for (String setting : List.of(
                "port=" + port,
                "listen_addresses=127.0.0.1",
                "unix_socket_directories=",
                "max_connections=200",
                "fsync=on",
                "timezone=UTC",
                "log_timezone=UTC",
                "shared_buffers=64MB",
                // A tenant's move reads its changes from the log, one slot for each move.
                "wal_level=logical",
                "max_replication_slots=24",
                "max_wal_senders=24",
                "log_min_messages=warning")) {
            command.addAll(List.of("-c", setting));
        }
        return command;
    }

    private static List<String> asOrdinaryUser() {
        if (!"root".equals(System.getProperty("user.name"))) {
            return List.of();
        }
        try {
            if (new ProcessBuilder("unshare", "-U", "true").start().waitFor() == 0) {
                return List.of("unshare", "-U");
            }
        } catch (IOException e) {
            // said below
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new ServerStartException("Postgres does not run as root, and this machine allows no user namespaces"
                + " (unshare -U); run as an ordinary user");
    }

    /// A server that was killed a moment ago may still be on its way out; two on one directory are refused by Postgres.
    private static void awaitFormerServer(Path data) throws IOException {
        Path pidFile = data.resolve("postmaster.pid");
        if (!Files.exists(pidFile)) {
            return;
        }
        long pid = Long.parseLong(Files.readAllLines(pidFile).getFirst().strip());
        boolean gone = Poll.until(STOP, () -> !Files.exists(pidFile) || !isPostgres(pid));
        if (!gone) {
            throw new ServerStartException(
                    "another Postgres, process " + pid + ", works in " + data + "; stop it first");
        }
        // The namespace hides from Postgres that the number of a dead server may belong to somebody else now.
        Files.deleteIfExists(pidFile);
    }

    private static boolean isPostgres(long pid) {
        return ProcessHandle.of(pid)
                .filter(ProcessHandle::isAlive)
                .flatMap(process -> process.info().command())
                .filter(command -> command.endsWith("/postgres"))
                .isPresent();
    }

    private static void awaitReady(GuardedProcess process, int port, String password) {
        boolean ready = Poll.until(START, () -> !process.isAlive() || answers(port, password));
        if (!process.isAlive()) {
            throw new ServerStartException(
                    "postgres ended with status " + process.exitStatus() + "; its output is above");
        }
        if (!ready) {
            process.close();
            throw new ServerStartException("postgres did not answer `SELECT 1` on port " + port + " within "
                    + START.toSeconds() + " s; does the password file still match the data directory?");
        }
    }

    private static boolean answers(int port, String password) {
        Properties properties = new Properties();
        properties.setProperty("user", "postgres");
        properties.setProperty("password", password);
        properties.setProperty("loginTimeout", "5");
        try (Connection connection =
                        DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + port + "/postgres", properties);
                Statement statement = connection.createStatement();
                ResultSet answer = statement.executeQuery("SELECT 1")) {
            return answer.next();
        } catch (SQLException e) {
            return false;
        }
    }

    private record Running(GuardedProcess process, int port) implements RunningServer {
        @Override
        public void awaitEnd() throws InterruptedException {
            process.awaitEnd();
        }

        @Override
        public void close() {
            process.close();
        }
    }
}
