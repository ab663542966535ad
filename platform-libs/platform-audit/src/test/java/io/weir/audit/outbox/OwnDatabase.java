package io.weir.audit.outbox;

import io.weir.r2dbc.DatabaseBootstrap;
import io.weir.r2dbc.PostgresPools;
import io.weir.r2dbc.PostgresProperties;
import io.weir.testing.Infrastructure;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/// A database of its own for one test class, with an outbox.
final class OwnDatabase {

    private static final List<String> ROLES = List.of("app", "platform", "migrator", "mover", "provisioner");

    final String name = Infrastructure.freshName("audit");

    private OwnDatabase() {}

    static OwnDatabase create() throws SQLException {
        OwnDatabase database = new OwnDatabase();
        Map<String, String> passwords = new HashMap<>();
        ROLES.forEach(role -> passwords.put(role, "secret"));
        Infrastructure.Postgres postgres = Infrastructure.postgres();
        DatabaseBootstrap.create(
                postgres.jdbcUrl("postgres"), postgres.superuser(), postgres.password(), database.name, passwords);
        return database;
    }

    PostgresPools open() {
        Map<String, Object> settings = new HashMap<>();
        settings.put("weir.postgres.host", Infrastructure.postgres().host());
        settings.put("weir.postgres.port", Infrastructure.postgres().port());
        settings.put("weir.postgres.database", name);
        settings.put("weir.postgres.pool.max-acquire-time", "20s");
        settings.put("weir.postgres.pool.lock-timeout", "20s");
        settings.put("weir.postgres.pool.statement-timeout", "20s");
        for (String role : ROLES) {
            settings.put("weir.postgres." + role + ".username", name + "_" + role);
            settings.put("weir.postgres." + role + ".password", "secret");
        }
        PostgresPools pools = new PostgresPools(new Binder(new MapConfigurationPropertySource(settings))
                .bind("weir.postgres", PostgresProperties.class)
                .get());
        pools.start();
        return pools;
    }

    void execute(String sql) throws SQLException {
        try (Connection connection = superuser();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    List<String> texts(String sql) throws SQLException {
        List<String> found = new ArrayList<>();
        try (Connection connection = superuser();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                found.add(rows.getString(1));
            }
        }
        return found;
    }

    long count(String table) throws SQLException {
        return Long.parseLong(texts("SELECT count(*) FROM " + table).getFirst());
    }

    private Connection superuser() throws SQLException {
        Infrastructure.Postgres postgres = Infrastructure.postgres();
        return DriverManager.getConnection(postgres.jdbcUrl(name), postgres.superuser(), postgres.password());
    }
}
