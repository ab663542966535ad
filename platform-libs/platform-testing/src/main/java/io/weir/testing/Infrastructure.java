package io.weir.testing;

import io.weir.embedded.ServerKind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The servers that tests run against. Where the system property `weir.test.servers` names a JSON file, those of that
/// file, which other tests use at the same time; else servers of this JVM, started when first asked for.
/// Tests keep apart by names: see [#freshName].
public final class Infrastructure {

    /// Postgres with its superuser.
    public record Postgres(String host, int port, String superuser, String password) {

        public String jdbcUrl(String database) {
            return "jdbc:postgresql://" + host + ":" + port + "/" + database;
        }
    }

    /// ClickHouse's HTTP interface.
    public record ClickHouse(String url, String user, String password) {}

    private static final String LOOPBACK = "127.0.0.1";
    private static final int NAME_CHARACTERS = 10;
    private static final RandomGenerator RANDOM = new SecureRandom();

    private Infrastructure() {}

    /// The bootstrap servers, `host:port`.
    public static String kafka() {
        return Kafka.BOOTSTRAP;
    }

    public static Postgres postgres() {
        return PostgresHolder.POSTGRES;
    }

    /// The URL, `redis://host:port`.
    public static String redis() {
        return RedisHolder.URL;
    }

    public static ClickHouse clickhouse() {
        return ClickHouseHolder.CLICKHOUSE;
    }

    /// A broker for this test alone, running; its data lies in `directory` and outlives a stop.
    public static PrivateKafka privateKafka(Path directory) {
        return new PrivateKafka(directory);
    }

    /// `prefix_` and ten random characters: lower-case letters and digits, fit for databases, topics and keys.
    public static String freshName(String prefix) {
        StringBuilder name = new StringBuilder(prefix).append('_');
        for (int i = 0; i < NAME_CHARACTERS; i++) {
            name.append(Character.forDigit(RANDOM.nextInt(36), 36));
        }
        return name.toString();
    }

    private static @Nullable JsonNode given(String name) {
        JsonNode all = Given.SERVERS;
        if (all == null) {
            return null;
        }
        JsonNode one = all.get(name);
        if (one == null) {
            throw new IllegalStateException("weir.test.servers names a file without " + name + ": " + all);
        }
        return one;
    }

    private static String text(JsonNode node, String field) {
        return node.path(field).asString();
    }

    /// Each server has a holder class, whose initialization is what starts it: once, at first use, for all threads.
    private static final class Given {
        static final @Nullable JsonNode SERVERS = read();

        private static @Nullable JsonNode read() {
            String file = System.getProperty("weir.test.servers", "");
            if (file.isBlank()) {
                return null;
            }
            if (!Files.isReadable(Path.of(file))) {
                throw new IllegalStateException("weir.test.servers: " + file + " is not a readable file");
            }
            return JsonMapper.shared().readTree(Path.of(file));
        }
    }

    private static final class Started {
        static final Servers SERVERS = new Servers();
    }

    private static final class Kafka {
        static final String BOOTSTRAP = bootstrap();

        private static String bootstrap() {
            JsonNode given = given("kafka");
            return given != null ? given.asString() : LOOPBACK + ":" + Started.SERVERS.start(ServerKind.KAFKA);
        }
    }

    private static final class RedisHolder {
        static final String URL = url();

        private static String url() {
            JsonNode given = given("redis");
            return given != null
                    ? given.asString()
                    : "redis://" + LOOPBACK + ":" + Started.SERVERS.start(ServerKind.REDIS);
        }
    }

    private static final class PostgresHolder {
        static final Postgres POSTGRES = postgres();

        private static Postgres postgres() {
            JsonNode given = given("postgres");
            return given != null
                    ? new Postgres(
                            text(given, "host"),
                            given.path("port").asInt(),
                            text(given, "superuser"),
                            text(given, "password"))
                    : new Postgres(
                            LOOPBACK,
                            Started.SERVERS.start(ServerKind.POSTGRES),
                            "postgres",
                            Started.SERVERS.password());
        }
    }

    private static final class ClickHouseHolder {
        static final ClickHouse CLICKHOUSE = clickhouse();

        private static ClickHouse clickhouse() {
            JsonNode given = given("clickhouse");
            return given != null
                    ? new ClickHouse(text(given, "url"), text(given, "user"), text(given, "password"))
                    : new ClickHouse(
                            "http://" + LOOPBACK + ":" + Started.SERVERS.start(ServerKind.CLICKHOUSE),
                            "default",
                            Started.SERVERS.password());
        }
    }
}
