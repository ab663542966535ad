package io.weir.proof.mutant;

import io.weir.proof.mutant.Mutant.InDatabase;
import java.util.List;

/// Safeguards of the database, each missing once.
final class DatabaseMutants {

    private static final String OWN = "tenant_id = (SELECT tenant.current_id())";
    private static final String PROTECT_NOTE =
            "SET ROLE ${owner}; SELECT tenant.protect('note', placed => true, searched => true); RESET ROLE";

    /// The classic: the setting outlives its transaction, and is taken to be still in force.
    private static final String SESSION = function(
            "enter(tenant uuid, proof text, mode text, schema text, timeout_ms integer) RETURNS void"
                    + " LANGUAGE plpgsql VOLATILE",
            "BEGIN IF coalesce(current_setting('weir.tenant_id', true), '') = '' THEN"
                    + " PERFORM set_config('weir.tenant_id', tenant::text, false),"
                    + " set_config('weir.tenant_proof', proof, false); END IF;"
                    + " IF schema <> 'public' THEN"
                    + " PERFORM set_config('search_path', quote_ident(schema), true); END IF; END");

    private DatabaseMutants() {}

    /// With the placeholders of the roles.
    static List<InDatabase> all() {
        return List.of(
                new InDatabase("row security is off", List.of("ALTER TABLE note DISABLE ROW LEVEL SECURITY"), note()),
                new InDatabase(
                        "row security is not forced", List.of("ALTER TABLE note NO FORCE ROW LEVEL SECURITY"), note()),
                new InDatabase("the policy is dropped", List.of("DROP POLICY app ON note"), note()),
                policy("the policy lets everything be read", "USING (true) WITH CHECK (" + OWN + ")"),
                policy("the policy checks nothing that is written", "USING (" + OWN + ") WITH CHECK (true)"),
                policy("the policy lets everything pass", "USING (true) WITH CHECK (true)"),
                policy(
                        "the policy compares the tenant with itself",
                        "USING ((SELECT tenant.current_id()) = (SELECT tenant.current_id()))"),
                policy(
                        "the policy takes the setting's word, not the signed one",
                        "USING (tenant_id = nullif(current_setting('weir.tenant_id', true), '')::uuid)"),
                new InDatabase(
                        "a second policy, for everybody's reads",
                        List.of("CREATE POLICY wide ON note FOR SELECT USING (true)"),
                        List.of("DROP POLICY wide ON note")),
                new InDatabase(
                        "a unique key without the tenant",
                        List.of("CREATE UNIQUE INDEX alone ON note (title) WHERE title LIKE 'own title%'"),
                        List.of("DROP INDEX alone")),
                new InDatabase(
                        "an index without the tenant",
                        List.of("CREATE INDEX alone ON note (amount_micros)"),
                        List.of("DROP INDEX alone")),
                new InDatabase(
                        "a foreign key without the tenant",
                        List.of(
                                "ALTER TABLE note ADD COLUMN alone int UNIQUE",
                                "UPDATE note SET alone = note_id WHERE note_id >= 1000",
                                "ALTER TABLE remark DROP CONSTRAINT remark_of_note, ADD CONSTRAINT remark_of_note"
                                        + " FOREIGN KEY (note_id) REFERENCES note (alone) NOT VALID"),
                        List.of(
                                "ALTER TABLE remark DROP CONSTRAINT remark_of_note",
                                "ALTER TABLE note DROP COLUMN alone",
                                "ALTER TABLE remark ADD CONSTRAINT remark_of_note FOREIGN KEY (tenant_id, note_id)"
                                        + " REFERENCES note (tenant_id, note_id)")),
                new InDatabase(
                        "a view with its owner's rights",
                        List.of(
                                "ALTER VIEW note_view OWNER TO postgres",
                                "ALTER VIEW note_view SET (security_invoker = false)"),
                        List.of(
                                "ALTER VIEW note_view SET (security_invoker = true)",
                                "ALTER VIEW note_view OWNER TO ${owner}")),
                new InDatabase(
                        "a materialized view that is granted",
                        List.of(
                                "CREATE MATERIALIZED VIEW all_notes AS SELECT * FROM note",
                                "GRANT SELECT ON all_notes TO ${app}"),
                        List.of("DROP MATERIALIZED VIEW all_notes")),
                new InDatabase(
                        "a partition that is granted, and open",
                        List.of(
                                "GRANT SELECT, UPDATE ON entry_0, entry_1 TO ${app}",
                                "ALTER TABLE entry_0 DISABLE ROW LEVEL SECURITY",
                                "ALTER TABLE entry_1 DISABLE ROW LEVEL SECURITY"),
                        List.of("SET ROLE ${owner}; SELECT tenant.protect('entry', placed => true); RESET ROLE")),
                new InDatabase(
                        "a partition that is granted",
                        List.of("GRANT SELECT ON entry_0 TO ${app}"),
                        List.of("REVOKE ALL ON entry_0 FROM ${app}")),
                new InDatabase(
                        "the login role passes policies by",
                        List.of("ALTER ROLE ${app} BYPASSRLS"),
                        List.of("ALTER ROLE ${app} NOBYPASSRLS")),
                new InDatabase(
                        "the login role owns a table",
                        List.of("ALTER TABLE remark OWNER TO ${app}"),
                        // An owner that loses its table has no grants on it either.
                        List.of(
                                "ALTER TABLE remark OWNER TO ${owner}",
                                "SET ROLE ${owner}; SELECT tenant.protect('remark', placed => true); RESET ROLE")),
                new InDatabase(
                        "the login role may become the owner",
                        List.of("GRANT ${owner} TO ${app}"),
                        List.of("REVOKE ${owner} FROM ${app}")),
                new InDatabase(
                        "a sequence that all tenants draw from",
                        List.of("CREATE SEQUENCE numbers", "GRANT USAGE, SELECT ON SEQUENCE numbers TO ${app}"),
                        List.of("DROP SEQUENCE numbers")),
                new InDatabase(
                        "the login role may truncate",
                        List.of("GRANT TRUNCATE ON remark TO ${app}"),
                        List.of("REVOKE TRUNCATE ON remark FROM ${app}")),
                new InDatabase(
                        "the proof keys may be read",
                        List.of("GRANT SELECT ON tenant.proof_key TO ${app}"),
                        List.of("REVOKE ALL ON tenant.proof_key FROM ${app}")),
                new InDatabase(
                        "the search function forgets the tenant",
                        List.of("CREATE OR REPLACE FUNCTION search_note(words text, most_rows integer)"
                                + " RETURNS SETOF note LANGUAGE sql STABLE SECURITY DEFINER"
                                + " SET search_path = pg_catalog, pg_temp AS 'SELECT * FROM public.note"
                                + " WHERE text LIKE ''%'' || words || ''%'' LIMIT most_rows'"),
                        List.of("SET ROLE ${owner}; SELECT tenant.search_function('search_note', 'note', 'words text',"
                                + " 'to_tsvector(''simple'', text) @@ plainto_tsquery(''simple'', words)', 'note_id');"
                                + " RESET ROLE")),
                new InDatabase(
                        "the tenant is not verified by its signature",
                        List.of(function(
                                "current_id() RETURNS uuid LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER"
                                        + " SET search_path = pg_catalog, pg_temp",
                                "BEGIN RETURN nullif(current_setting('weir.tenant_id', true), '')::uuid; END")),
                        List.of("${preparation}")),
                new InDatabase("the tenant is set for the session", List.of(SESSION), List.of("${preparation}")));
    }

    private static List<String> note() {
        return List.of(PROTECT_NOTE);
    }

    private static InDatabase policy(String name, String condition) {
        return new InDatabase(
                name, List.of("DROP POLICY app ON note", "CREATE POLICY app ON note TO ${app} " + condition), note());
    }

    private static String function(String header, String body) {
        return "CREATE OR REPLACE FUNCTION tenant." + header + " AS $mutant$ " + body + " $mutant$";
    }
}
