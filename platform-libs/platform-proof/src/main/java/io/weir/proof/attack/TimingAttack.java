package io.weir.proof.attack;

import io.weir.proof.ground.Session;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/// How many rows a victim has, told by how long a question about them takes. The two questions alternate, and their
/// medians are compared: a machine that stalls stalls both.
final class TimingAttack {

    private static final int ROWS = 20_000;
    private static final int PAIRS = 61;
    // Twenty thousand rows that are looked at take two milliseconds and more; none take a tenth of one.
    private static final double SUSPICIOUS_FACTOR = 3;
    private static final long SUSPICIOUS_NANOS = 600_000;

    private TimingAttack() {}

    static List<Attack> all() {
        return List.of(
                new Attack(
                        "row counts by timing",
                        "counting the rows of a tenant that has many",
                        (target, attack) ->
                                timed(target, attack, "SELECT count(*) FROM note WHERE tenant_id = ${guess}")),
                new Attack(
                        "row counts by timing",
                        "the sum of an amount of a tenant that has many",
                        (target, attack) -> timed(
                                target,
                                attack,
                                "SELECT sum(amount_micros) FROM note WHERE tenant_id = ${guess}"
                                        + " AND amount_micros > 5")));
    }

    private static List<Breach> timed(Target target, String attack, String sql) throws SQLException {
        target.ground()
                .asSuperuser(
                        target.attacker(),
                        target.named("INSERT INTO note SELECT '${victim}', n, 'many ' || n, 'many', n, '{}'"
                                + " FROM generate_series(100001, " + (100_000 + ROWS) + ") n"),
                        "ANALYZE note");
        try (Session session = target.ground().session(target.attacker())) {
            List<Long> many = new ArrayList<>();
            List<Long> none = new ArrayList<>();
            for (int pair = 0; pair < PAIRS; pair++) {
                many.add(nanos(session, target.named(sql.replace("${guess}", "'${victim}'"))));
                none.add(nanos(session, sql.replace("${guess}", "'99999999-0000-7000-8000-000000000000'")));
            }
            return judged(attack, median(many), median(none));
        } finally {
            target.ground()
                    .asSuperuser(
                            target.attacker(),
                            target.named("DELETE FROM note WHERE tenant_id = '${victim}' AND note_id > 100000"));
        }
    }

    private static List<Breach> judged(String attack, long many, long none) {
        boolean told = many > none * SUSPICIOUS_FACTOR && many - none > SUSPICIOUS_NANOS;
        return told
                ? List.of(new Breach(
                        Breach.Kind.INFERRED,
                        attack,
                        String.format(
                                Locale.ROOT,
                                "median %,d us where there are rows, %,d us where there are none",
                                many / 1_000,
                                none / 1_000)))
                : List.of();
    }

    private static long nanos(Session session, String sql) throws SQLException {
        long begin = System.nanoTime();
        session.send(sql);
        return System.nanoTime() - begin;
    }

    private static long median(List<Long> values) {
        List<Long> sorted = new ArrayList<>(values);
        Collections.sort(sorted);
        return sorted.get(sorted.size() / 2);
    }
}
