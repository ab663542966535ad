package io.weir.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ServerLifecycleIT {

    @TempDir
    private Path directory;

    private Path passwordFile;

    @BeforeEach
    void writePassword() throws IOException {
        passwordFile = Files.writeString(directory.resolve("password"), "a-password");
    }

    private LaunchedServer start(ServerKind kind, int port) {
        return LaunchedServer.start(kind, directory, port, kind.hasPassword() ? passwordFile : null);
    }

    @Test
    void postgresKeepsItsRowsOverAStopAndAKillOnTheSamePort() throws Exception {
        int port;
        try (LaunchedServer postgres = start(ServerKind.POSTGRES, 0)) {
            port = postgres.port();
            sql(port, "CREATE TABLE kept (n int)", "INSERT INTO kept VALUES (1)");
        }
        try (LaunchedServer postgres = start(ServerKind.POSTGRES, port)) {
            sql(port, "INSERT INTO kept VALUES (2)");
            postgres.kill();
        }
        try (LaunchedServer postgres = start(ServerKind.POSTGRES, port)) {
            assertThat(number(postgres.port(), "SELECT sum(n) FROM kept")).isEqualTo(3);
        }
    }

    private static void sql(int port, String... statements) throws SQLException {
        try (Connection connection = connect(port);
                Statement statement = connection.createStatement()) {
            for (String each : statements) {
                statement.execute(each);
            }
        }
    }

    private static long number(int port, String query) throws SQLException {
        try (Connection connection = connect(port);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private static Connection connect(int port) throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + port + "/postgres", "postgres", "a-password");
    }

    @Test
    void kafkaKeepsItsTopicsAndMakesNoneByItself() throws Exception {
        int port;
        try (LaunchedServer kafka = start(ServerKind.KAFKA, 0);
                Admin admin = admin(kafka)) {
            port = kafka.port();
            admin.createTopics(List.of(new NewTopic("kept", 2, (short) 1)))
                    .all()
                    .get(20, TimeUnit.SECONDS);
        }
        try (LaunchedServer kafka = start(ServerKind.KAFKA, port);
                Admin admin = admin(kafka)) {
            assertThat(admin.listTopics().names().get(20, TimeUnit.SECONDS)).contains("kept");
            assertThatThrownBy(() -> admin.describeTopics(List.of("never-made"))
                            .allTopicNames()
                            .get(20, TimeUnit.SECONDS))
                    .hasMessageContaining("does not host this topic-partition");
        }
    }

    private static Admin admin(LaunchedServer kafka) {
        return Admin.create(Map.<String, Object>of("bootstrap.servers", "127.0.0.1:" + kafka.port()));
    }

    @Test
    void redisKeepsItsKeys() throws Exception {
        int port;
        try (LaunchedServer redis = start(ServerKind.REDIS, 0)) {
            port = redis.port();
            assertThat(redis(port, "SET kept yes")).isEqualTo("+OK");
        }
        try (LaunchedServer redis = start(ServerKind.REDIS, port)) {
            assertThat(redis(redis.port(), "GET kept")).isEqualTo("$3");
        }
    }

    private static String redis(int port, String command) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.US_ASCII));
            StringBuilder line = new StringBuilder();
            for (int c = socket.getInputStream().read();
                    c >= 0 && c != '\r';
                    c = socket.getInputStream().read()) {
                line.append((char) c);
            }
            return line.toString();
        }
    }

    /// The parent of a server is gone when nobody holds the other end of its standard input.
    @ParameterizedTest
    @EnumSource(ServerKind.class)
    void aServerAndAllItsProcessesEndWithTheirParent(ServerKind kind) throws Exception {
        Process server = new ProcessBuilder(kind.command(
                        Path.of(System.getProperty("java.home"), "bin", "java"),
                        System.getProperty("java.class.path"),
                        directory.resolve("data"),
                        0,
                        kind.hasPassword() ? passwordFile : null,
                        ServerKind.Lifetime.OF_THE_PARENT))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(server.inputReader().readLine()).startsWith("{\"ready\":true");
        List<ProcessHandle> family = server.descendants().toList();

        server.getOutputStream().close();

        assertThat(server.waitFor(40, TimeUnit.SECONDS)).isTrue();
        assertThat(Poll.until(Duration.ofSeconds(30), () -> family.stream().noneMatch(ProcessHandle::isAlive)))
                .isTrue();
    }

    @ParameterizedTest
    @EnumSource(
            value = ServerKind.class,
            names = {"POSTGRES", "REDIS"})
    void theProgramEndsEvenWhenItsKeeperIsKilled(ServerKind kind) {
        LaunchedServer server = start(kind, 0);
        List<ProcessHandle> family =
                ProcessHandle.of(server.pid()).orElseThrow().descendants().toList();
        assertThat(family).isNotEmpty();

        ProcessHandle.of(server.pid()).orElseThrow().destroyForcibly();

        assertThat(Poll.until(Duration.ofSeconds(30), () -> family.stream().noneMatch(ProcessHandle::isAlive)))
                .isTrue();
    }

    @Test
    void aTakenPortIsAnErrorWithTheServersOwnWords() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> start(ServerKind.REDIS, taken.getLocalPort()))
                    .isInstanceOf(ServerStartException.class)
                    .hasMessageContaining("Address already in use");
        }
    }
}
