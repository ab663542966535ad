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
        all.addAll(ReadingAttacks.all());
        all.addAll(WritingAttacks.all());
        all.addAll(oracles());
        all.addAll(objects());
        all.addAll(catalogue());
        all.addAll(signals());
        return List.copyOf(all);
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
