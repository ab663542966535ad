package io.weir.proof.ground;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Sees and does everything on a ground's databases, past every policy. Safe for use by many threads.
final class Superuser implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Superuser.class);

    private static final String SAFEGUARDS = """
            WITH schemas AS (
                SELECT oid FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema')
            SELECT concat_ws(' ', 'relation', c.oid::regclass, c.relkind, c.relowner::regrole, c.relrowsecurity,
                c.relforcerowsecurity, c.reloptions, (SELECT array_agg(a::text ORDER BY a::text) FROM unnest(c.relacl) a))
            FROM pg_class c WHERE c.relnamespace IN (TABLE schemas)
            UNION ALL
            SELECT concat_ws(' ', 'column', a.attrelid::regclass, a.attname, format_type(a.atttypid, a.atttypmod), a.attacl)
            FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
            WHERE c.relnamespace IN (TABLE schemas) AND a.attnum > 0 AND NOT a.attisdropped
            UNION ALL
            SELECT concat_ws(' ', 'policy', polrelid::regclass, polname, polcmd, polpermissive, polroles::regrole[],
                pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)) FROM pg_policy
            UNION ALL
            SELECT concat_ws(' ', 'constraint', conrelid::regclass, conname, pg_get_constraintdef(oid))
            FROM pg_constraint WHERE connamespace IN (TABLE schemas)
            UNION ALL
            SELECT concat_ws(' ', 'function', oid::regprocedure, proowner::regrole, md5(pg_get_functiondef(oid)),
                (SELECT array_agg(a::text ORDER BY a::text) FROM unnest(proacl) a))
            FROM pg_proc WHERE pronamespace IN (TABLE schemas) AND prokind = 'f'
            UNION ALL
            SELECT concat_ws(' ', 'role', rolname, rolsuper, rolbypassrls, rolcanlogin, rolreplication, rolcreaterole, rolconfig)
            FROM pg_roles WHERE starts_with(rolname, current_database() || '_')
            UNION ALL
            SELECT concat_ws(' ', 'member', member::regrole, roleid::regrole)
            FROM pg_auth_members WHERE starts_with(member::regrole::text, current_database() || '_')
            UNION ALL
            SELECT concat_ws(' ', 'rows', (SELECT count(*) FROM public.note), (SELECT count(*) FROM public.remark),
                (SELECT count(*) FROM public.note WHERE text <> 'row-of-' || tenant_id)
                + (SELECT count(*) FROM public.remark WHERE text <> 'row-of-' || tenant_id)
                + (SELECT count(*) FROM public.entry WHERE text <> 'row-of-' || tenant_id))
            ORDER BY 1""";

    private final Spec spec;
    private final Map<String, Connection> open = new HashMap<>();

    Superuser(Spec spec) {
        this.spec = spec;
    }

    void run(Resident resident, String... statements) throws SQLException {
        String[] all = new String[statements.length + 1];
        all[0] = "SET search_path = " + resident.schema();
        System.arraycopy(statements, 0, all, 1, statements.length);
        spec.cluster().run(resident.database(), all);
    }

    /// The first column of the answer, in the resident's schema.
    List<String> read(Resident resident, String query) throws SQLException {
        return read(resident.database(), resident.schema(), query);
    }

    /// What keeps tenants apart in the home database, a line each.
    List<String> safeguards() throws SQLException {
        // So that all names are written with their schema.
        return read(spec.name(), "pg_catalog", SAFEGUARDS);
    }

    void dropRoles() throws SQLException {
        for (String role : read(
                "postgres", "public", "SELECT rolname FROM pg_roles WHERE rolname ~ '^" + spec.name() + "_[a-z_]+$'")) {
            spec.cluster().run("postgres", "DROP ROLE IF EXISTS " + role);
        }
    }

    private synchronized List<String> read(String database, String schema, String query) throws SQLException {
        try (Statement statement = connection(database).createStatement()) {
            statement.execute("SET search_path = " + schema);
            List<String> rows = new ArrayList<>();
            try (ResultSet result = statement.executeQuery(query)) {
                while (result.next()) {
                    rows.add(String.valueOf(result.getString(1)));
                }
            }
            return rows;
        }
    }

    private Connection connection(String database) throws SQLException {
        Connection known = open.get(database);
        if (known == null || known.isClosed()) {
            known = spec.cluster().open(database);
            open.put(database, known);
        }
        return known;
    }

    @Override
    public synchronized void close() {
        open.values().forEach(Superuser::quietly);
        open.clear();
    }

    private static void quietly(Connection connection) {
        try {
            connection.close();
        } catch (SQLException closing) {
            LOG.debug("a connection did not close", closing);
        }
    }
}
