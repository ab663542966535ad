package io.weir.proof.attack;

import java.util.ArrayList;
import java.util.List;

/// Everything that is tried on the database, by line of the attack list.
public final class DatabaseAttacks {

    private DatabaseAttacks() {}

    public static List<Attack> all() {
        List<Attack> all = new ArrayList<>(ofStatements());
        all.addAll(ofBorrowers());
        all.addAll(TimingAttack.all());
        return List.copyOf(all);
    }

    /// Those that use the entry point of services many times over.
    public static List<Attack> ofBorrowers() {
        List<Attack> all = new ArrayList<>(BorrowerAttacks.all());
        all.addAll(InjectionAttacks.all());
        return all;
    }

    /// Those that are quick: one statement each.
    public static List<Attack> ofStatements() {
        List<Attack> all = new ArrayList<>();
        all.addAll(noTenant());
        all.addAll(forgedTenant());
        all.addAll(reading());
        all.addAll(writing());
        all.addAll(blocks());
        all.addAll(planting());
        all.addAll(oracles());
        all.addAll(objects());
        all.addAll(catalogue());
        all.addAll(signals());
        return List.copyOf(all);
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

    private static List<Attack> writing() {
        String line = "every statement kind";
        return List.of(
                Statements.reaches(line, "UPDATE", "UPDATE note SET text = 'x' WHERE tenant_id = '${victim}'"),
                Statements.reaches(
                        line, "UPDATE by its own key", "UPDATE note SET text = 'x' WHERE note_id = ${own-id}"),
                Statements.reaches(line, "DELETE", "DELETE FROM remark WHERE tenant_id = '${victim}'"),
                Statements.reaches(
                        line,
                        "UPDATE RETURNING",
                        "UPDATE note SET text = 'x' WHERE tenant_id = '${victim}' RETURNING note_id, text"),
                Statements.reaches(
                        line, "DELETE RETURNING", "DELETE FROM remark WHERE tenant_id = '${victim}' RETURNING *"),
                Statements.reaches(
                        line,
                        "DELETE USING",
                        "DELETE FROM remark r USING note n WHERE n.note_id = r.note_id AND r.tenant_id = '${victim}'"),
                Statements.reaches(
                        line,
                        "MERGE that deletes",
                        "MERGE INTO note n USING (SELECT '${victim}'::uuid AS id) v ON n.tenant_id = v.id"
                                + " WHEN MATCHED THEN DELETE RETURNING n.note_id"),
                Statements.reaches(
                        line,
                        "MERGE that updates what the source does not match",
                        "MERGE INTO note n USING (SELECT '${victim}'::uuid AS id) v ON n.tenant_id = v.id"
                                + " WHEN NOT MATCHED BY SOURCE AND n.tenant_id = '${victim}' THEN UPDATE SET text = 'x'"
                                + " RETURNING n.note_id"),
                Statements.reaches(
                        line,
                        "a write in a common table expression",
                        "WITH gone AS (DELETE FROM note WHERE tenant_id = '${victim}' RETURNING 1)"
                                + " SELECT count(*) FROM gone"),
                Statements.refused(line, "TRUNCATE", "TRUNCATE note CASCADE"),
                Statements.refused(line, "DROP TABLE", "DROP TABLE note CASCADE"),
                Statements.refused(line, "CREATE TABLE AS", "CREATE TABLE ${schema}.stolen AS SELECT * FROM note"),
                Statements.refused(line, "a temporary table", "CREATE TEMP TABLE left_behind (t text)"),
                Statements.refused(line, "a comment on the table", "COMMENT ON TABLE note IS 'x'"),
                Statements.shows(line, "a grant", "GRANT SELECT ON entry_0 TO PUBLIC; SELECT * FROM entry_0"),
                Statements.refused(line, "a new index", "CREATE INDEX ON note (text)"));
    }

    private static List<Attack> blocks() {
        String line = "every statement kind";
        return List.of(
                Statements.reaches(
                        line,
                        "a DO block that updates",
                        "DO $$ BEGIN UPDATE note SET text = 'x' WHERE tenant_id = '${victim}'; END $$"),
                Statements.shows(
                        line,
                        "a DO block that raises what it reads",
                        "DO $$ DECLARE r record; BEGIN FOR r IN SELECT * FROM note LOOP RAISE NOTICE '%', r;"
                                + " END LOOP; END $$"),
                Statements.shows(
                        line,
                        "a DO block that switches tenant half way",
                        "DO $$ DECLARE r record; BEGIN PERFORM set_config('weir.tenant_id', '${victim}', true);"
                                + " FOR r IN SELECT * FROM note LOOP RAISE NOTICE '%', r; END LOOP; END $$"),
                Statements.shows(
                        line,
                        "a DO block that executes text",
                        "DO $$ DECLARE t text; BEGIN EXECUTE 'SELECT string_agg(text, '','') FROM note' INTO t;"
                                + " RAISE NOTICE '%', t; END $$"));
    }

    private static List<Attack> planting() {
        String line = "insert or update into another tenant";
        return List.of(
                Statements.refused(
                        line, "INSERT", "INSERT INTO note VALUES ('${victim}', 91, 'planted', 'planted', 0, '{}')"),
                Statements.refused(
                        line,
                        "INSERT of many",
                        "INSERT INTO entry SELECT unnest(ARRAY['${attacker}', '${victim}']::uuid[]), 92, 'planted'"),
                Statements.refused(line, "UPDATE of the own row's tenant", "UPDATE note SET tenant_id = '${victim}'"),
                Statements.refused(
                        line,
                        "UPDATE across partitions",
                        "UPDATE entry SET tenant_id = '${victim}' WHERE entry_id = 1"),
                Statements.refused(
                        line,
                        "MERGE that inserts",
                        "MERGE INTO note n USING (SELECT 93 AS id) v ON false WHEN NOT MATCHED THEN"
                                + " INSERT VALUES ('${victim}', 93, 'planted', 'planted', 0, '{}')"),
                Statements.refused(line, "COPY FROM", "COPY note FROM STDIN\n${victim}\t94\tplanted\tplanted\t0\t{}\n"),
                Statements.refused(
                        "upsert onto a foreign row",
                        "ON CONFLICT DO UPDATE",
                        "INSERT INTO note VALUES ('${victim}', ${own-id}, 'x', 'x', 0, '{}')"
                                + " ON CONFLICT (tenant_id, note_id) DO UPDATE SET text = 'x'"),
                Statements.refused(
                        "upsert onto a foreign row",
                        "ON CONFLICT DO NOTHING",
                        "INSERT INTO note VALUES ('${victim}', ${own-id}, 'x', 'x', 0, '{}') ON CONFLICT DO NOTHING"));
    }

    private static List<Attack> oracles() {
        String keys = "unique-key and foreign-key oracles";
        return List.of(
                Statements.alike(
                        keys,
                        "an id that the victim has",
                        "INSERT INTO note VALUES ('${attacker}', ${guess}, 'new', 'x', 0, '{}')",
                        "${own-id}",
                        "987654"),
                Statements.alike(
                        keys,
                        "a title that the victim has",
                        "INSERT INTO note VALUES ('${attacker}', 95, ${guess}, 'x', 0, '{}')",
                        "'${own-title}'",
                        "'nobody has this'"),
                Statements.alike(
                        keys,
                        "ON CONFLICT tells which",
                        "INSERT INTO note VALUES ('${attacker}', 96, ${guess}, 'x', 0, '{}') ON CONFLICT DO NOTHING",
                        "'${own-title}'",
                        "'nobody has this'"),
                Statements.alike(
                        keys,
                        "a reference to a row of the victim's",
                        "INSERT INTO remark VALUES ('${attacker}', 97, ${guess}, 'x')",
                        "${own-id}",
                        "987654"),
                Statements.alike(
                        keys,
                        "a foreign insert into a key that is taken",
                        "INSERT INTO note VALUES ('${victim}', ${guess}, 'new', 'x', 0, '{}')",
                        "${own-id}",
                        "987654"),
                Statements.alike(
                        "statistics and error messages",
                        "an error is worded alike",
                        "SELECT 1 / (SELECT count(*) FROM note WHERE tenant_id = '${victim}' AND note_id = ${guess})",
                        "${own-id}",
                        "987654"));
    }

    private static List<Attack> objects() {
        String line = "views, functions, materialized views, partitions, sequences";
        return List.of(
                Statements.shows(line, "the view", "SELECT * FROM note_view"),
                Statements.reaches(
                        line, "the view, filtered", "SELECT count(*) FROM note_view WHERE tenant_id = '${victim}'"),
                Statements.refused(line, "a partition read", "SELECT count(*) FROM entry_0, entry_1"),
                Statements.refused(line, "a partition written", "UPDATE entry_0 SET text = 'x'"),
                Statements.refused(line, "the other partition written", "DELETE FROM entry_1"),
                Statements.reaches(
                        line, "the partitioned table", "SELECT count(*) FROM entry WHERE tenant_id = '${victim}'"),
                Statements.refused(
                        line, "a view of the attacker's own", "CREATE VIEW ${schema}.mine AS SELECT * FROM note"),
                Statements.refused(
                        line,
                        "a function of the attacker's own",
                        "CREATE FUNCTION ${schema}.mine() RETURNS bigint LANGUAGE sql SECURITY DEFINER"
                                + " RETURN (SELECT count(*) FROM ${schema}.note)"),
                new Attack(line, "whatever is granted and holds the victim's id", ObjectAttacks::everyRelation),
                new Attack(line, "whatever may be executed and returns rows", ObjectAttacks::everyFunction),
                new Attack(line, "sequences that tell of volume", ObjectAttacks::everySequence));
    }

    private static List<Attack> catalogue() {
        String line = "statistics and error messages";
        return List.of(
                Statements.shows(
                        line, "pg_stats", "SELECT most_common_vals::text, histogram_bounds::text FROM pg_stats"),
                Statements.refused(line, "pg_statistic", "SELECT * FROM pg_statistic LIMIT 1"),
                Statements.refused(line, "pg_statistic_ext_data", "SELECT * FROM pg_statistic_ext_data LIMIT 1"),
                Statements.reaches(
                        line, "pg_stats_ext", "SELECT count(*) FROM pg_stats_ext WHERE schemaname = '${schema}'"),
                Statements.refused(line, "the proof keys", "SELECT * FROM tenant.proof_key"),
                Statements.refused(line, "the passwords", "SELECT rolpassword FROM pg_authid"),
                new Attack(line, "the statements that others run", ObjectAttacks::othersStatements));
    }

    private static List<Attack> signals() {
        String line = "every statement kind";
        return List.of(
                new Attack(line, "large objects", ObjectAttacks::largeObjects),
                // The planner's guess at another tenant's rows comes from statistics that no policy guards.
                Statements.refusedAtTheDoor(line, "EXPLAIN", "EXPLAIN SELECT * FROM note"),
                Statements.refusedAtTheDoor(line, "LOCK TABLE", "LOCK TABLE note IN ACCESS EXCLUSIVE MODE"),
                Statements.refusedAtTheDoor(line, "LISTEN", "LISTEN others"),
                Statements.refusedAtTheDoor(line, "NOTIFY", "NOTIFY others, 'x'"),
                Statements.refusedAtTheDoor(line, "DECLARE", "DECLARE c CURSOR WITH HOLD FOR SELECT 1"),
                Statements.refusedAtTheDoor(line, "PREPARE", "PREPARE p AS SELECT 1"),
                Statements.refusedAtTheDoor(line, "DO", "DO 'BEGIN END'"),
                Statements.refusedAtTheDoor(line, "SET", "SET search_path = public"),
                Statements.refusedAtTheDoor(line, "two statements", "SELECT 1; SELECT 2"),
                Statements.refused(line, "a file of the server", "SELECT pg_read_file('PG_VERSION')"),
                Statements.refused(line, "a server-side import", "SELECT lo_import('/etc/hostname')"),
                Statements.refused(
                        line,
                        "ending another's connection",
                        "SELECT pg_terminate_backend(min(pid)) FROM pg_stat_activity WHERE usename = 'postgres'"));
    }
}
