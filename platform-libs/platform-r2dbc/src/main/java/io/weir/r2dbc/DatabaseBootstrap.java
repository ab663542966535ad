package io.weir.r2dbc;

import java.net.URI;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;

/// Makes a service's database and its roles, as the cluster's superuser. What an operator does once in production,
/// the local platform and the tests do at each start: everything here may be repeated.
public final class DatabaseBootstrap {

    private static final long LOCK = 0x77656972L;

    private DatabaseBootstrap() {}

    /// @param superuserJdbcUrl of any database of the cluster
    /// @param database its name; roles are `<database>_owner`, `_migrator`, `_app`, `_platform`
    /// @param rolePasswords by `app`, `platform` and `migrator`
    /// @throws SQLException when the cluster cannot be reached or refuses
    public static void create(
            String superuserJdbcUrl,
            String superuser,
            String password,
            String database,
            Map<String, String> rolePasswords)
            throws SQLException {
        DatabaseRoles roles = new DatabaseRoles(database);
        try (Connection cluster = DriverManager.getConnection(superuserJdbcUrl, superuser, password)) {
            run(cluster, "SELECT pg_advisory_lock(" + LOCK + ")");
            createRoles(cluster, roles, rolePasswords);
            if (!exists(cluster, "SELECT 1 FROM pg_database WHERE datname = ?", database)) {
                run(cluster, "CREATE DATABASE " + database + " OWNER " + roles.owner());
            }
            try (Connection connection =
                    DriverManager.getConnection(inDatabase(superuserJdbcUrl, database), superuser, password)) {
                for (String statement : statements(roles)) {
                    run(connection, statement);
                }
            }
        }
    }

    private static void createRoles(Connection cluster, DatabaseRoles roles, Map<String, String> passwords)
            throws SQLException {
        role(cluster, roles.owner(), "NOLOGIN");
        String login = "LOGIN NOINHERIT NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION PASSWORD ";
        role(cluster, roles.migrator(), login + quoted(passwords, "migrator"));
        role(cluster, roles.app(), login + quoted(passwords, "app"));
        role(cluster, roles.platform(), login + quoted(passwords, "platform"));
        run(cluster, "GRANT " + roles.owner() + " TO " + roles.migrator());
    }

    private static void role(Connection cluster, String name, String attributes) throws SQLException {
        boolean known = exists(cluster, "SELECT 1 FROM pg_roles WHERE rolname = ?", name);
        run(cluster, (known ? "ALTER ROLE " : "CREATE ROLE ") + name + " " + attributes);
    }

    private static List<String> statements(DatabaseRoles roles) {
        String database = roles.database();
        String servants = roles.app() + ", " + roles.platform();
        return List.of(
                "REVOKE ALL ON DATABASE " + database + " FROM PUBLIC",
                "GRANT CONNECT ON DATABASE " + database + " TO " + servants + ", " + roles.migrator(),
                "REVOKE ALL ON SCHEMA public FROM PUBLIC",
                "ALTER SCHEMA public OWNER TO " + roles.owner(),
                "GRANT USAGE ON SCHEMA public TO " + servants,
                // Which rows these reach is said by policies; a table without one for the role shows it nothing.
                "ALTER DEFAULT PRIVILEGES FOR ROLE " + roles.owner()
                        + " IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO " + servants,
                "ALTER DEFAULT PRIVILEGES FOR ROLE " + roles.owner() + " REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC",
                "CREATE SCHEMA IF NOT EXISTS tenant AUTHORIZATION " + roles.owner(),
                "GRANT USAGE ON SCHEMA tenant TO " + servants,
                """
                CREATE OR REPLACE FUNCTION tenant.current_id() RETURNS uuid
                LANGUAGE sql STABLE PARALLEL SAFE
                RETURN nullif(pg_catalog.current_setting('weir.tenant_id', true), '')::uuid
                """,
                "ALTER FUNCTION tenant.current_id() OWNER TO " + roles.owner(),
                "REVOKE ALL ON FUNCTION tenant.current_id() FROM PUBLIC",
                "GRANT EXECUTE ON FUNCTION tenant.current_id() TO " + servants);
    }

    private static boolean exists(Connection connection, String query, String name) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            statement.setString(1, name);
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next();
            }
        }
    }

    private static void run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String quoted(Map<String, String> passwords, String role) {
        String password = passwords.get(role);
        if (password == null || password.isEmpty()) {
            throw new IllegalArgumentException(
                    "role passwords: none for '" + role + "' (expected: one each for app, platform, migrator)");
        }
        if (password.indexOf('\\') >= 0 || password.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("role password of '" + role + "': has a backslash or NUL character");
        }
        return "'" + password.replace("'", "''") + "'";
    }

    private static String inDatabase(String jdbcUrl, String database) {
        URI uri = URI.create(jdbcUrl.substring("jdbc:".length()));
        String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
        return "jdbc:postgresql://" + uri.getRawAuthority() + "/" + database + query;
    }
}
