package io.weir.r2dbc;

import io.weir.testing.Infrastructure;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;

/// A database of its own for one test class, made the way a service's is.
final class FreshDatabase {

    private static final String PASSWORD = "it's a password";

    final String name;

    private FreshDatabase(String name) {
        this.name = name;
    }

    static FreshDatabase create() throws SQLException {
        FreshDatabase database = new FreshDatabase(Infrastructure.freshName("r2dbc"));
        database.bootstrap();
        return database;
    }

    void bootstrap() throws SQLException {
        Infrastructure.Postgres postgres = Infrastructure.postgres();
        DatabaseBootstrap.create(
                postgres.jdbcUrl("postgres"),
                postgres.superuser(),
                postgres.password(),
                name,
                Map.of(
                        "app", PASSWORD,
                        "platform", PASSWORD,
                        "migrator", PASSWORD,
                        "mover", PASSWORD,
                        "provisioner", PASSWORD));
    }

    /// A database that is migrated, with pools of that size.
    PostgresPools open(int size) {
        PostgresPools pools = new PostgresPools(properties(size, Duration.ofSeconds(3)));
        pools.start();
        return pools;
    }

    PostgresProperties properties(int size, Duration maxAcquireTime) {
        return new PostgresProperties(
                Infrastructure.postgres().host(),
                Infrastructure.postgres().port(),
                name,
                login("_app"),
                login("_platform"),
                login("_migrator"),
                login("_mover"),
                login("_provisioner"),
                new PostgresProperties.Pool(
                        size,
                        1,
                        200,
                        maxAcquireTime,
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(15),
                        Duration.ofMinutes(30)),
                Duration.ofSeconds(10));
    }

    PostgresProperties.Login login(String suffix) {
        return new PostgresProperties.Login(name + suffix, PASSWORD);
    }

    /// Runs statements as the superuser, past every policy.
    void asSuperuser(String... statements) throws SQLException {
        Infrastructure.Postgres postgres = Infrastructure.postgres();
        try (Connection connection =
                        DriverManager.getConnection(postgres.jdbcUrl(name), postgres.superuser(), postgres.password());
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }
}
