package io.weir.r2dbc.isolation;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Inspects the live catalogue of one database. It only reads. Safe for use by many threads.
public final class IsolationVerifier {

    private static final int SECONDS = 30;

    private final RoleNames roles;
    private final Questions questions;
    private final List<PreparedFunction> prepared;

    /// @param prepared what the schema `tenant` holds, and nothing else
    public IsolationVerifier(RoleNames roles, List<PreparedFunction> prepared) {
        this.roles = roles;
        this.questions = new Questions(roles);
        this.prepared = List.copyOf(prepared);
    }

    /// Everything that is wrong; empty when the database keeps tenants apart. Blocks.
    ///
    /// @param connection as any role that may connect; its search path is changed and reset
    public List<Finding> verify(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.setQueryTimeout(SECONDS);
            // Names are written with their schema.
            statement.execute("SET search_path = pg_catalog");
            try {
                return findings(statement);
            } finally {
                statement.execute("RESET search_path");
            }
        }
    }

    private List<Finding> findings(Statement statement) throws SQLException {
        List<Finding> findings = new ArrayList<>();
        version(statement, findings);
        ask(RoleRules.POWERS, statement, findings);
        if (!findings.isEmpty()) {
            // Whoever is bound by nothing would answer to nearly every other rule too.
            return List.copyOf(findings);
        }
        ask(RoleRules.RULES, statement, findings);
        ask(TableRules.RULES, statement, findings);
        ask(GrantRules.RULES, statement, findings);
        ask(FunctionRules.RULES, statement, findings);
        preparation(statement, findings);
        return List.copyOf(findings);
    }

    private void ask(List<Rule> rules, Statement statement, List<Finding> findings) throws SQLException {
        for (Rule rule : rules) {
            try (ResultSet rows = statement.executeQuery(questions.of(rule) + "\nORDER BY 1, 2")) {
                while (rows.next()) {
                    findings.add(rule.finding(text(rows, "object"), text(rows, "detail")));
                }
            }
        }
    }

    // Older ones leak rows through statistics or forget policies on role changes (CVE-2024-10976, CVE-2025-8713).
    private static void version(Statement statement, List<Finding> findings) throws SQLException {
        try (ResultSet row = statement.executeQuery("SELECT current_setting('server_version_num')::int")) {
            row.next();
            int version = row.getInt(1);
            if (!recent(version)) {
                findings.add(new Finding(
                        "server-version",
                        "the server is version " + version / 10_000 + "." + version % 10_000,
                        "upgrade to 15.14, 16.10, 17.6, 18 or later"));
            }
        }
    }

    static boolean recent(int version) {
        int minor = version % 10_000;
        return switch (version / 10_000) {
            case 15 -> minor >= 14;
            case 16 -> minor >= 10;
            case 17 -> minor >= 6;
            default -> version >= 180_000;
        };
    }

    private void preparation(Statement statement, List<Finding> findings) throws SQLException {
        Map<String, PreparedFunction> expected = new LinkedHashMap<>();
        prepared.forEach(function -> expected.put(function.name(), function));
        try (ResultSet rows = statement.executeQuery("""
                SELECT p.proname, p.prosrc, p.provolatile, p.prosecdef, r.rolname AS owner,
                       coalesce(p.proconfig = ARRAY['search_path=pg_catalog, pg_temp'], false) AS pinned,
                       p.proconfig IS NULL AS bare
                FROM pg_proc p JOIN pg_roles r ON r.oid = p.proowner
                WHERE p.pronamespace = (SELECT oid FROM pg_namespace WHERE nspname = 'tenant') ORDER BY 1
                """)) {
            while (rows.next()) {
                PreparedFunction function = expected.remove(text(rows, "proname"));
                if (function == null || !matches(function, rows)) {
                    findings.add(tampered("function tenant." + text(rows, "proname")
                            + (function == null
                                    ? " is not of the preparation"
                                    : " is not what the preparation makes")));
                }
            }
        }
        expected.keySet().forEach(missing -> findings.add(tampered("function tenant." + missing + " is missing")));
    }

    private boolean matches(PreparedFunction expected, ResultSet row) throws SQLException {
        return expected.body().equals(row.getString("prosrc"))
                && expected.volatility().equals(row.getString("provolatile"))
                && expected.definer() == row.getBoolean("prosecdef")
                && (expected.pinned() ? row.getBoolean("pinned") : row.getBoolean("bare"))
                && Objects.equals(row.getString("owner"), roles.owner());
    }

    private static Finding tampered(String what) {
        return new Finding("preparation-differs", what, "run this version's preparation of the database again");
    }

    private static String text(ResultSet row, String column) throws SQLException {
        @Nullable String text = row.getString(column);
        return text == null ? "" : text;
    }
}
