package io.weir.r2dbc.migration;

import io.weir.testing.Infrastructure;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;

/// A database of its own, in which schemas are sites.
final class FleetDatabase {

    private final Infrastructure.Postgres postgres = Infrastructure.postgres();
    private final String name = Infrastructure.freshName("fleet");

    FleetDatabase() throws SQLException {
        try (Connection cluster = connect("postgres");
                Statement statement = cluster.createStatement()) {
            statement.execute("CREATE DATABASE " + name);
        }
    }

    MigrationTarget schema(String schema, String location) throws SQLException {
        run("CREATE SCHEMA IF NOT EXISTS " + schema);
        return new MigrationTarget(
                "home/" + schema,
                schema.equals("public") ? "" : schema,
                postgres.jdbcUrl(name),
                postgres.superuser(),
                postgres.password(),
                postgres.superuser(),
                schema,
                location,
                "label_history",
                Map.of());
    }

    Connection connect() throws SQLException {
        return connect(name);
    }

    void run(String... statements) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    String one(String query) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            rows.next();
            return String.valueOf(rows.getString(1));
        }
    }

    private Connection connect(String database) throws SQLException {
        return DriverManager.getConnection(postgres.jdbcUrl(database), postgres.superuser(), postgres.password());
    }
}
