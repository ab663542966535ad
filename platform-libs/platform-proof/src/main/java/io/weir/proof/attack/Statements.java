package io.weir.proof.attack;

import io.weir.proof.ground.Answer;
import io.weir.proof.ground.Resident;
import io.weir.proof.ground.Session;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Attacks that are statements in a transaction of the attacker's own.
final class Statements {

    private static final Duration WAIT = Duration.ofSeconds(30);

    private Statements() {}

    /// Reads; whatever comes back must not be the victim's.
    static Attack shows(String line, String name, String sql) {
        return new Attack(line, name, (target, attack) -> sent(target, attack, sql, false));
    }

    /// Reads or writes what is the victim's; no row may be found.
    static Attack reaches(String line, String name, String sql) {
        return new Attack(line, name, (target, attack) -> sent(target, attack, sql, true));
    }

    /// Must end in an error, whatever the data.
    static Attack refused(String line, String name, String sql) {
        return new Attack(line, name, (target, attack) -> {
            try (Session session = target.ground().session(target.attacker())) {
                Answer answer = session.send(target.named(sql));
                List<Breach> breaches = new ArrayList<>(judged(target, attack, answer, false));
                if (!answer.refused()) {
                    breaches.add(new Breach(Breach.Kind.ADMITTED, attack, "not refused: " + brief(answer)));
                }
                return breaches;
            }
        });
    }

    /// Must be refused by the entry point that services have, before the database sees it or by it.
    static Attack refusedAtTheDoor(String line, String name, String sql) {
        return new Attack(
                line,
                name + ", through the entry point",
                (target, attack) -> target.ground()
                                .write(
                                        target.attacker(),
                                        client -> client.sql(target.named(sql))
                                                .fetch()
                                                .rowsUpdated()
                                                .thenReturn(true))
                                .onErrorReturn(false)
                                .blockOptional(WAIT)
                                .orElse(false)
                        ? List.of(new Breach(Breach.Kind.ADMITTED, attack, "not refused"))
                        : List.of());
    }

    /// As [#reaches], on a connection that nobody has entered.
    static Attack reachesNobody(String line, String name, String sql) {
        return new Attack(line, name, (target, attack) -> {
            String before = target.victimsRows();
            try (Session session = target.ground().anonymous(target.attacker())) {
                Answer answer = session.send(target.named(sql));
                session.commit();
                return judged(target, attack, answer, true, before);
            }
        });
    }

    /// Must be answered alike for what the victim has and for what nobody has.
    ///
    /// @param there an expression for what the victim has
    /// @param nowhere for what nobody has
    static Attack alike(String line, String name, String sql, String there, String nowhere) {
        return new Attack(line, name, (target, attack) -> {
            Answer one = asked(target, sql.replace("${guess}", there));
            Answer other = asked(target, sql.replace("${guess}", nowhere));
            String seen = shape(target, one, there);
            String unseen = shape(target, other, nowhere);
            return seen.equals(unseen)
                    ? List.of()
                    : List.of(new Breach(
                            Breach.Kind.INFERRED, attack, "what is there: " + seen + "; what is not: " + unseen));
        });
    }

    private static Answer asked(Target target, String sql) throws SQLException {
        try (Session session = target.ground().session(target.attacker())) {
            return session.send(target.named(sql));
        }
    }

    // What was asked for stands in the answer of a refusal: it is what the attacker knows already.
    private static String shape(Target target, Answer answer, String guess) {
        String text = answer.sqlState() + " " + answer.changed() + " " + answer.rows() + " " + answer.said();
        return text.replace(target.named(guess).replace("'", ""), "?");
    }

    private static List<Breach> sent(Target target, String attack, String sql, boolean counting) throws SQLException {
        String before = target.victimsRows();
        try (Session session = target.ground().session(target.attacker())) {
            Answer answer = session.send(target.named(sql));
            List<Breach> breaches = new ArrayList<>(judged(target, attack, answer, counting));
            // Seen by the attacker's own eyes first; then made last, if the server allows it.
            session.commit();
            if (!target.victimsRows().equals(before)) {
                breaches.add(new Breach(Breach.Kind.CHANGED, attack, "the victim's rows are not what they were"));
            }
            return breaches;
        }
    }

    private static List<Breach> judged(Target target, String attack, Answer answer, boolean counting, String before)
            throws SQLException {
        List<Breach> breaches = new ArrayList<>(judged(target, attack, answer, counting));
        if (!target.victimsRows().equals(before)) {
            breaches.add(new Breach(Breach.Kind.CHANGED, attack, "the victim's rows are not what they were"));
        }
        return breaches;
    }

    private static List<Breach> judged(Target target, String attack, Answer answer, boolean counting) {
        List<Breach> breaches = new ArrayList<>();
        Resident victim = target.victim();
        if (answer.mentions(victim.mark())) {
            breaches.add(new Breach(Breach.Kind.SEEN, attack, "the victim's row: " + brief(answer)));
        }
        if (counting && answer.counts()) {
            breaches.add(new Breach(Breach.Kind.INFERRED, attack, "rows were reached: " + brief(answer)));
        }
        return breaches;
    }

    private static String brief(Answer answer) {
        String text = answer.rows().stream().limit(3).toList() + ", changed " + answer.changed() + " "
                + answer.sqlState() + " " + answer.said();
        String line = text.replaceAll("\\s+", " ").strip();
        return line.length() > 200
                ? line.substring(0, 200) + String.format(Locale.ROOT, "... (%d)", text.length())
                : line;
    }
}
