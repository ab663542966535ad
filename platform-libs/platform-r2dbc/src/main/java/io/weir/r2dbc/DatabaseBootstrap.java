package io.weir.r2dbc;

import java.net.URI;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;

/// Makes a service's database and its roles, as the cluster's superuser. What an operator does once in production,
/// the local platform and the tests do at each start: everything here may be repeated.
public final class DatabaseBootstrap {

    private static final long LOCK = 0x77656972L;

    // They belong to the role, which all tenants share: one tenant's statement could read what another's has made.
    private static final String LARGE_OBJECTS = """
            REVOKE EXECUTE ON FUNCTION pg_catalog.lo_creat(integer), pg_catalog.lo_create(oid),
                pg_catalog.lo_from_bytea(oid, bytea), pg_catalog.lo_get(oid), pg_catalog.lo_get(oid, bigint, integer),
                pg_catalog.lo_open(oid, integer), pg_catalog.lo_put(oid, bigint, bytea), pg_catalog.lo_unlink(oid)
            FROM PUBLIC
            """;

    private DatabaseBootstrap() {}

    /// @param superuserJdbcUrl of any database of the cluster
    /// @param database its name; its roles are those of [DatabaseRoles]
    /// @param rolePasswords by `app`, `platform` and `migrator`; also by `mover` and `provisioner`, which
    ///     cannot log in without one
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
                for (String statement : SitePreparation.statements(roles)) {
                    run(connection, statement);
                }
                run(connection, LARGE_OBJECTS);
            }
        }
    }

    private static void createRoles(Connection cluster, DatabaseRoles roles, Map<String, String> passwords)
            throws SQLException {
        String powerless = "NOINHERIT NOSUPERUSER NOBYPASSRLS NOCREATEROLE ";
        String ordinary = powerless + "NOCREATEDB NOREPLICATION ";
        role(cluster, roles.owner(), "NOLOGIN");
        role(cluster, roles.migrator(), ordinary + "LOGIN PASSWORD " + required(passwords, "migrator"));
        role(cluster, roles.app(), ordinary + "LOGIN PASSWORD " + required(passwords, "app"));
        role(cluster, roles.platform(), ordinary + "LOGIN PASSWORD " + required(passwords, "platform"));
        role(cluster, roles.mover(), powerless + "NOCREATEDB " + optional(passwords, "mover", "REPLICATION"));
        role(
                cluster,
                roles.provisioner(),
                powerless + "NOREPLICATION " + optional(passwords, "provisioner", "CREATEDB"));
        role(cluster, roles.searchDefiner(), ordinary + "NOLOGIN");
        if (!known(cluster, roles.supportReadonly())) {
            // An operator lets somebody log in for a while; a repeated start must not take that back.
            role(cluster, roles.supportReadonly(), ordinary + "NOLOGIN");
        }
        run(cluster, "GRANT " + roles.owner() + " TO " + roles.migrator() + ", " + roles.provisioner());
        // The owner hands generated functions over to it.
        run(cluster, "GRANT " + roles.searchDefiner() + " TO " + roles.owner());
        // Else any session of the role could read the proofs in the running statements of all others.
        run(cluster, "ALTER ROLE " + roles.app() + " SET track_activities = off");
        run(cluster, "ALTER ROLE " + roles.mover() + " SET track_activities = off");
    }

    private static void role(Connection cluster, String name, String attributes) throws SQLException {
        run(cluster, (known(cluster, name) ? "ALTER ROLE " : "CREATE ROLE ") + name + " " + attributes);
    }

    private static boolean known(Connection cluster, String role) throws SQLException {
        return exists(cluster, "SELECT 1 FROM pg_roles WHERE rolname = ?", role);
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

    private static String required(Map<String, String> passwords, String role) {
        String password = passwords.get(role);
        if (password == null || password.isEmpty()) {
            throw new IllegalArgumentException(
                    "role passwords: none for '" + role + "' (expected: one each for app, platform, migrator)");
        }
        return quoted(role, password);
    }

    private static String optional(Map<String, String> passwords, String role, String power) {
        String password = passwords.get(role);
        return password == null || password.isEmpty()
                ? "NOLOGIN NO" + power
                : "LOGIN " + power + " PASSWORD " + quoted(role, password);
    }

    private static String quoted(String role, String password) {
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
