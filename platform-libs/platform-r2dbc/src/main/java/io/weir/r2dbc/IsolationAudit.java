package io.weir.r2dbc;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/// Asks the catalogue, as the real login roles, whether anything could show one tenant's rows to another. A service
/// that cannot prove its isolation does not start.
final class IsolationAudit {

    private static final String TABLES = """
            SELECT format('%I.%I', n.nspname, c.relname) AS name,
                   c.relrowsecurity AND c.relforcerowsecurity AS forced,
                   coalesce(bool_or(p.polpermissive), false) AS has_policy,
                   coalesce(bool_or(p.polpermissive AND (
                       coalesce(pg_get_expr(p.polqual, p.polrelid), '%') NOT LIKE '%tenant_id = %current_id()%' AND p.polcmd <> 'a'
                       OR coalesce(pg_get_expr(p.polwithcheck, p.polrelid), pg_get_expr(p.polqual, p.polrelid), '%')
                           NOT LIKE '%tenant_id = %current_id()%' AND p.polcmd <> 'r' AND p.polcmd <> 'd')), false) AS open_policy
            FROM pg_class c
            JOIN pg_namespace n ON n.oid = c.relnamespace
            JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped
            LEFT JOIN pg_policy p ON p.polrelid = c.oid
                AND (0 = ANY (p.polroles) OR (SELECT oid FROM pg_roles WHERE rolname = current_user) = ANY (p.polroles))
            WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
            GROUP BY 1, 2 ORDER BY 1
            """;

    private static final String VIEWS = """
            SELECT format('%I.%I', n.nspname, c.relname) AS name
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname NOT IN ('pg_catalog', 'information_schema')
              AND (c.relkind = 'm' AND has_table_privilege(c.oid, 'SELECT')
                OR c.relkind = 'v' AND has_table_privilege(c.oid, 'SELECT')
                   AND NOT coalesce(c.reloptions::text[] && ARRAY['security_invoker=true', 'security_invoker=on'], false))
            ORDER BY 1
            """;

    private static final String OWNED = """
            SELECT format('%I.%I', n.nspname, c.relname) AS name
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
              AND c.relkind IN ('r', 'p', 'v', 'm') AND pg_has_role(c.relowner, 'MEMBER')
            ORDER BY 1
            """;

    private final PostgresProperties postgres;

    IsolationAudit(PostgresProperties postgres) {
        this.postgres = postgres;
    }

    /// Blocks. Throws [UnusableDatabaseException] naming everything that is wrong and how to mend it.
    void run() {
        List<String> findings = new ArrayList<>();
        auditRole(postgres.app(), findings, true);
        auditRole(postgres.platform(), findings, false);
        if (!findings.isEmpty()) {
            throw new UnusableDatabaseException(
                    "Database " + postgres.address() + " would not keep tenants apart: " + String.join("; ", findings)
                            + ".",
                    "Mend it with a migration or a changed role, then start again.");
        }
    }

    private void auditRole(PostgresProperties.Login login, List<String> findings, boolean tables) {
        try (Connection connection =
                        DriverManager.getConnection(postgres.jdbcUrl(), login.username(), login.password());
                Statement statement = connection.createStatement()) {
            statement.setQueryTimeout(10);
            auditServer(statement, findings);
            auditPowers(statement, login, findings);
            if (tables) {
                auditTables(statement, findings);
                auditViews(statement, findings);
            }
        } catch (SQLException failed) {
            throw new UnusableDatabaseException(
                    "Database " + postgres.address() + " could not be audited as " + login.username() + ".",
                    "Check that role's name, password and right to connect (DatabaseBootstrap sets them).",
                    failed);
        }
    }

    // Older ones leak rows through statistics or forget policies on role changes (CVE-2024-10976, CVE-2025-8713).
    private static void auditServer(Statement statement, List<String> findings) throws SQLException {
        try (ResultSet row = statement.executeQuery("SELECT current_setting('server_version_num')::int")) {
            row.next();
            int version = row.getInt(1);
            int minor = version % 10_000;
            boolean recent = switch (version / 10_000) {
                case 15 -> minor >= 14;
                case 16 -> minor >= 10;
                case 17 -> minor >= 6;
                default -> version >= 180_000;
            };
            if (!recent) {
                findings.add("the server is version " + version / 10_000 + "." + minor
                        + " (upgrade to 15.14, 16.10, 17.6, 18 or later)");
            }
        }
    }

    private static void auditPowers(Statement statement, PostgresProperties.Login login, List<String> findings)
            throws SQLException {
        try (ResultSet row =
                statement.executeQuery("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")) {
            row.next();
            if (row.getBoolean(1)) {
                findings.add("role " + login.username() + " bypasses policies (ALTER ROLE " + login.username()
                        + " NOSUPERUSER NOBYPASSRLS)");
                // A superuser is a member of every role: the next finding would repeat this one for each table.
                return;
            }
        }
        for (String table : names(statement, OWNED)) {
            findings.add("role " + login.username() + " owns " + table + " or is a member of its owner (ALTER TABLE "
                    + table + " OWNER TO the owner role, and REVOKE that membership)");
        }
    }

    private static void auditTables(Statement statement, List<String> findings) throws SQLException {
        try (ResultSet rows = statement.executeQuery(TABLES)) {
            while (rows.next()) {
                String table = rows.getString("name");
                if (!rows.getBoolean("forced")) {
                    findings.add("table " + table + " has a tenant_id but row security is not enabled and forced (ALTER"
                            + " TABLE " + table + " ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY)");
                }
                if (!rows.getBoolean("has_policy")) {
                    findings.add("table " + table + " has no policy for the app role (CREATE POLICY ... ON " + table
                            + " TO the app role USING (tenant_id = (SELECT tenant.current_id())))");
                }
                if (rows.getBoolean("open_policy")) {
                    findings.add("table " + table + " has a policy for the app role that is not tenant_id = (SELECT"
                            + " tenant.current_id()) (DROP POLICY it)");
                }
            }
        }
    }

    private static void auditViews(Statement statement, List<String> findings) throws SQLException {
        for (String view : names(statement, VIEWS)) {
            findings.add(
                    "view " + view + " runs with its owner's rights (make it WITH (security_invoker = true), and no"
                            + " materialized view of tenants' rows readable)");
        }
    }

    private static List<String> names(Statement statement, String query) throws SQLException {
        List<String> names = new ArrayList<>();
        try (ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
                names.add(rows.getString("name"));
            }
        }
        return names;
    }
}
