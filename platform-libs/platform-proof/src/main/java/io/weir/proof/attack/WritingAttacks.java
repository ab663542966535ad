package io.weir.proof.attack;

import java.util.ArrayList;
import java.util.List;

/// Statements that would change another tenant's rows, or plant rows among them.
final class WritingAttacks {

    private WritingAttacks() {}

    static List<Attack> all() {
        List<Attack> all = new ArrayList<>();
        all.addAll(writing());
        all.addAll(blocks());
        all.addAll(planting());
        return all;
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
}
