package io.weir.proof.attack;

import io.weir.proof.ground.Answer;
import io.weir.proof.ground.Session;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

/// Attacks that look for something to attack first: everything that the login role was granted.
final class ObjectAttacks {

    private static final String OURS = "nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')";
    private static final int LOOKS = 40;

    private ObjectAttacks() {}

    static List<Breach> everyRelation(Target target, String attack) throws SQLException {
        List<Breach> breaches = new ArrayList<>();
        for (String relation : found(
                target,
                "SELECT format('%I.%I', nspname, relname) FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace"
                        + " WHERE relkind IN ('r', 'p', 'v', 'm', 'f') AND " + OURS)) {
            try (Session session = target.ground().session(target.attacker())) {
                Answer answer = session.send(
                        target.named("SELECT count(*) FROM " + relation + " t WHERE t::text LIKE '%${victim}%'"));
                if (!answer.refused() && answer.counts()) {
                    breaches.add(new Breach(Breach.Kind.SEEN, attack, relation + " shows rows of the victim"));
                }
            }
        }
        return breaches;
    }

    // Called with what a search would be called with.
    static List<Breach> everyFunction(Target target, String attack) throws SQLException {
        List<Breach> breaches = new ArrayList<>();
        for (String call : found(
                target,
                "SELECT format('%I.%I(%s)', nspname, proname, (SELECT string_agg(CASE format_type(a, NULL)"
                        + " WHEN 'text' THEN quote_literal('row') WHEN 'uuid' THEN quote_literal('${victim}')"
                        + " WHEN 'jsonb' THEN quote_literal('{}') WHEN 'integer' THEN '1000' ELSE '0' END || '::' || format_type(a, NULL), ', ')"
                        + " FROM unnest(proargtypes) a))"
                        + " FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace"
                        + " WHERE prokind = 'f' AND prorettype <> 'trigger'::regtype AND proretset AND " + OURS)) {
            try (Session session = target.ground().session(target.attacker())) {
                Answer answer = session.send(
                        target.named("SELECT count(*) FROM " + call + " t WHERE t::text LIKE '%${victim}%'"));
                if (!answer.refused() && answer.counts()) {
                    breaches.add(new Breach(Breach.Kind.SEEN, attack, call + " returns rows of the victim"));
                }
            }
        }
        return breaches;
    }

    static List<Breach> everySequence(Target target, String attack) throws SQLException {
        List<Breach> breaches = new ArrayList<>();
        for (String sequence : found(
                target,
                "SELECT format('%I.%I', nspname, relname) FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace"
                        + " WHERE relkind = 'S' AND " + OURS)) {
            try (Session session = target.ground().session(target.attacker())) {
                for (String sql : List.of("SELECT nextval('" + sequence + "')", "SELECT last_value FROM " + sequence)) {
                    if (!session.send(sql).refused()) {
                        breaches.add(new Breach(
                                Breach.Kind.INFERRED, attack, sequence + " tells how much all tenants have made"));
                    }
                }
            }
        }
        return breaches;
    }

    // The victim is in the middle of a transaction, having sent its opening.
    static List<Breach> othersStatements(Target target, String attack) throws SQLException {
        Disposable victim = target.ground()
                .write(target.victim(), client -> Mono.never())
                .subscribe(nothing -> {}, cancelled -> {});
        try (Session session = target.ground().session(target.attacker())) {
            for (int look = 0; look < LOOKS; look++) {
                Answer answer = session.send("SELECT query FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
                        + " UNION ALL SELECT query FROM pg_stat_get_activity(NULL) WHERE pid <> pg_backend_pid()"
                        + " UNION ALL SELECT pg_stat_get_backend_activity(i) FROM generate_series(1, 40) i"
                        + " WHERE pg_stat_get_backend_pid(i) <> pg_backend_pid()");
                if (answer.mentions(target.victim().tenant().id().toString())) {
                    return List.of(new Breach(
                            Breach.Kind.SEEN, attack, "the victim's opening statement, with what proves its tenant"));
                }
                if (answer.refused()) {
                    return List.of();
                }
                session.send("SELECT pg_sleep(0.01)");
            }
            return List.of();
        } finally {
            victim.dispose();
        }
    }

    static List<Breach> largeObjects(Target target, String attack) throws SQLException {
        if (!target.victim().database().equals(target.attacker().database())) {
            return List.of();
        }
        Answer made;
        try (Session victim = target.ground().session(target.victim())) {
            made = victim.send(
                    "SELECT lo_from_bytea(0, convert_to('" + target.victim().mark() + "', 'UTF8'))");
            victim.commit();
        }
        if (made.refused()) {
            return List.of();
        }
        String object = made.rows().getFirst();
        try (Session session = target.ground().session(target.attacker())) {
            Answer answer = session.send("SELECT convert_from(lo_get(" + object + "), 'UTF8')");
            return answer.mentions(target.victim().mark())
                    ? List.of(new Breach(Breach.Kind.SEEN, attack, "a large object of the victim's"))
                    : List.of();
        } finally {
            target.ground().asSuperuser(target.attacker(), "SELECT lo_unlink(" + object + ")");
        }
    }

    private static List<String> found(Target target, String query) throws SQLException {
        return target.ground().asSuperuserRead(target.attacker(), target.named(query));
    }
}
