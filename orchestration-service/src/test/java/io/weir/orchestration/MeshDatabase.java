package io.weir.orchestration;

import io.weir.r2dbc.DatabaseBootstrap;
import io.weir.testing.Infrastructure;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A database of a mesh's own, with the roles that the service expects.
record MeshDatabase(String name) {

    static MeshDatabase create() {
        Infrastructure.Postgres postgres = Infrastructure.postgres();
        String name = Infrastructure.freshName("orchestration");
        try {
            DatabaseBootstrap.create(
                    postgres.jdbcUrl("postgres"),
                    postgres.superuser(),
                    postgres.password(),
                    name,
                    Map.of("app", "a", "platform", "p", "migrator", "m"));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return new MeshDatabase(name);
    }

    /// What the service must be told of it.
    Map<String, String> settings() {
        Infrastructure.Postgres postgres = Infrastructure.postgres();
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("weir.postgres.host", postgres.host());
        settings.put("weir.postgres.port", Integer.toString(postgres.port()));
        settings.put("weir.postgres.database", name);
        for (String role : List.of("app", "platform", "migrator")) {
            settings.put("weir.postgres." + role + ".username", name + "_" + role);
            settings.put("weir.postgres." + role + ".password", role.substring(0, 1));
        }
        return settings;
    }

    /// What a statement of the superuser changed, or the one number that it finds.
    long sql(String statement) {
        Infrastructure.Postgres postgres = Infrastructure.postgres();
        try (Connection connection =
                        DriverManager.getConnection(postgres.jdbcUrl(name), postgres.superuser(), postgres.password());
                Statement prepared = connection.createStatement()) {
            if (!prepared.execute(statement)) {
                return prepared.getUpdateCount();
            }
            try (ResultSet found = prepared.getResultSet()) {
                found.next();
                return found.getLong(1);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
