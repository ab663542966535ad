package io.weir.proof.attack;

import java.util.ArrayList;
import java.util.List;

/// Statements that would read what is another tenant's, or pass for that tenant.
final class ReadingAttacks {

    private ReadingAttacks() {}

    static List<Attack> all() {
        List<Attack> all = new ArrayList<>();
        all.addAll(noTenant());
        all.addAll(forgedTenant());
        all.addAll(reading());
        return all;
    }

    private static List<Attack> noTenant() {
        String line = "no tenant set";
        return List.of(
                Statements.reachesNobody(line, "a read", "SELECT count(*) FROM note"),
                Statements.reachesNobody(line, "a read of everything", "SELECT * FROM note"),
                Statements.reachesNobody(line, "an update", "UPDATE note SET text = 'x'"),
                Statements.reachesNobody(line, "a delete", "DELETE FROM remark"),
                Statements.reachesNobody(
                        line, "an insert", "INSERT INTO note VALUES ('${victim}', 90, 'x', 'x', 0, '{}')"),
                Statements.reachesNobody(
                        "empty setting",
                        "a read after the setting was emptied",
                        "SELECT set_config('weir.tenant_id', '', false); SELECT count(*) FROM note"),
                Statements.reachesNobody(
                        "empty setting",
                        "a read after the setting was reset",
                        "RESET ALL; SELECT count(*) FROM ${schema}.note"),
                Statements.reachesNobody(
                        "empty setting",
                        "a setting that is no id",
                        "SELECT set_config('weir.tenant_id', 'nobody', true); SELECT count(*) FROM note"));
    }

    private static List<Attack> forgedTenant() {
        String line = "set_config, SET ROLE, search_path injected";
        return List.of(
                Statements.reaches(
                        line,
                        "the victim's id by set_config",
                        "SELECT 'of ' || set_config('weir.tenant_id', '${victim}', true);"
                                + " SELECT count(*) FROM note"),
                Statements.reaches(
                        line,
                        "the victim's id by SET LOCAL",
                        "SET LOCAL weir.tenant_id = '${victim}'; SELECT count(*) FROM note"),
                Statements.reaches(
                        line,
                        "the victim's id in a sub-select that runs first",
                        "SELECT count(*) FROM note WHERE set_config('weir.tenant_id', '${victim}', true) IS NOT NULL"
                                + " AND tenant_id = '${victim}'"),
                Statements.reaches(
                        line,
                        "a proof made up",
                        "SELECT 'of ' || set_config('weir.tenant_id', '${victim}', true),"
                                + " set_config('weir.tenant_proof', repeat('0', 64), true); SELECT count(*) FROM note"),
                Statements.reaches(
                        line,
                        "an empty proof",
                        "SELECT 'of ' || set_config('weir.tenant_id', '${victim}', true),"
                                + " set_config('weir.tenant_proof', '', true); SELECT count(*) FROM note"),
                Statements.refused(line, "the owner's role", "SET ROLE ${database}_owner"),
                Statements.refused(line, "the migrator's role", "SET ROLE ${database}_migrator"),
                Statements.refused(line, "the platform's role", "SET ROLE ${database}_platform"),
                Statements.refused(line, "the superuser's session", "SET SESSION AUTHORIZATION postgres"),
                Statements.refused(
                        line, "row security switched off", "SET LOCAL row_security = off; SELECT count(*) FROM note"),
                Statements.refused(
                        line,
                        "an id function of the attacker's own, found first",
                        "CREATE FUNCTION ${schema}.current_id() RETURNS uuid LANGUAGE sql RETURN '${victim}'::uuid"),
                Statements.refused(
                        line,
                        "the id function replaced",
                        "CREATE OR REPLACE FUNCTION tenant.current_id() RETURNS uuid LANGUAGE sql"
                                + " RETURN '${victim}'::uuid"),
                Statements.refused(line, "the policy dropped", "DROP POLICY note_of_tenant ON note"),
                Statements.refused(line, "row security dropped", "ALTER TABLE note DISABLE ROW LEVEL SECURITY"),
                Statements.refused(line, "a trigger", "CREATE TRIGGER t BEFORE INSERT ON note EXECUTE FUNCTION now()"),
                Statements.refused(
                        line,
                        "an event for everyone",
                        "ALTER ROLE ${database}_app SET row_security = off"
                                + "; ALTER DATABASE ${database} SET row_security = off"),
                Statements.refused(line, "a schema in the path", "CREATE SCHEMA pg_temp_evil"));
    }

    private static List<Attack> reading() {
        String line = "every statement kind";
        return List.of(
                Statements.reaches(line, "SELECT", "SELECT count(*) FROM note WHERE tenant_id = '${victim}'"),
                Statements.shows(line, "SELECT without a predicate", "SELECT * FROM note"),
                Statements.shows(line, "SELECT of two tables", "SELECT * FROM note n JOIN remark r USING (note_id)"),
                Statements.reaches(
                        line, "SELECT FOR UPDATE", "SELECT note_id FROM note WHERE tenant_id = '${victim}' FOR UPDATE"),
                Statements.reaches(
                        line,
                        "SELECT FOR KEY SHARE",
                        "SELECT note_id FROM note WHERE tenant_id = '${victim}' FOR KEY SHARE"),
                Statements.reaches(
                        line,
                        "a common table expression",
                        "WITH n AS MATERIALIZED (SELECT * FROM note WHERE tenant_id = '${victim}')"
                                + " SELECT count(*) FROM n"),
                Statements.reaches(
                        line,
                        "a recursive one",
                        "WITH RECURSIVE n AS (SELECT note_id FROM note WHERE tenant_id = '${victim}' UNION"
                                + " SELECT r.note_id FROM remark r JOIN n ON n.note_id = r.note_id WHERE r.tenant_id ="
                                + " '${victim}') SELECT count(*) FROM n"),
                Statements.reaches(
                        line, "EXISTS", "SELECT (EXISTS (SELECT FROM note WHERE tenant_id = '${victim}'))::int"),
                Statements.reaches(
                        line,
                        "TABLE in a sub-select",
                        "SELECT count(*) FROM (TABLE note) t WHERE tenant_id = '${victim}'"),
                Statements.reaches(
                        line,
                        "a window over all",
                        "SELECT count(*) FROM (SELECT tenant_id, count(*) OVER () FROM note) w"
                                + " WHERE tenant_id = '${victim}'"),
                Statements.reaches(
                        line,
                        "TABLESAMPLE",
                        "SELECT count(*) FROM note TABLESAMPLE SYSTEM (100) WHERE tenant_id = '${victim}'"),
                Statements.shows(
                        line,
                        "a cheap function of the attacker's own in the predicate",
                        "SELECT * FROM note WHERE text::xml IS NULL OR 1 / length(text) > 5"),
                Statements.shows(
                        line, "an error that quotes what it met", "SELECT count(*) FROM note WHERE text::int > 0"),
                Statements.shows(
                        line,
                        "EXPLAIN ANALYZE",
                        "EXPLAIN (ANALYZE, VERBOSE, BUFFERS) SELECT * FROM note WHERE tenant_id = '${victim}'"),
                Statements.reaches(
                        line,
                        "EXPLAIN's row count",
                        "SELECT 0; EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, BUFFERS OFF, SUMMARY OFF)"
                                + " SELECT * FROM note WHERE tenant_id = '${victim}'"),
                Statements.shows(line, "COPY to the client", "COPY note TO STDOUT"),
                Statements.shows(line, "COPY of a query", "COPY (SELECT * FROM note) TO STDOUT"),
                Statements.refused(line, "COPY to a file", "COPY note TO '/tmp/note'"),
                Statements.refused(line, "COPY to a program", "COPY note TO PROGRAM 'cat'"),
                Statements.shows(
                        line,
                        "a cursor",
                        "DECLARE c CURSOR WITH HOLD FOR SELECT * FROM note; FETCH ALL FROM c; CLOSE c"),
                Statements.reaches(
                        line,
                        "a prepared statement",
                        "PREPARE p (uuid) AS SELECT count(*) FROM note WHERE tenant_id = $1;"
                                + " EXECUTE p ('${victim}'); DEALLOCATE p"),
                Statements.shows(
                        "prepared plan reused across tenants",
                        "a generic plan, executed for one after the other",
                        "SET LOCAL plan_cache_mode = force_generic_plan; PREPARE p AS SELECT text FROM note;"
                                + " EXECUTE p; SELECT set_config('weir.tenant_id', '${victim}', true); EXECUTE p;"
                                + " DEALLOCATE p"));
    }
}
