package io.weir.proof.attack;

import io.r2dbc.spi.Statement;
import io.weir.proof.ground.Resident;
import io.weir.r2dbc.Column;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// What one transaction may leave on a connection for the next, who is somebody else. All through the one entry point
/// that services have.
final class BorrowerAttacks {

    private static final String LINE = "tenant of the previous borrower";
    private static final Duration WAIT = Duration.ofSeconds(30);

    private BorrowerAttacks() {}

    static List<Attack> all() {
        List<Attack> all = new ArrayList<>();
        // First: where connections go back as they are, those that follow leave none on which anything works.
        all.add(new Attack(LINE, "a write that failed, committed by the next", BorrowerAttacks::committedByTheNext));
        all.add(leaving("a setting for the session", "SELECT 1", BorrowerAttacks::settingForTheSession));
        all.add(leaving("an error", "SELECT 1", client -> run(client, "SELECT 1 / 0")));
        all.add(leaving(
                "an error after a write",
                "SELECT 1",
                client -> run(client, "UPDATE note SET amount_micros = amount_micros")
                        .then(Mono.error(new IllegalStateException("made up")))));
        all.add(leaving(
                "a timeout in a statement",
                "SELECT 1",
                client -> run(client, "SELECT 1 FROM pg_sleep(5)").timeout(Duration.ofMillis(60))));
        all.add(leaving(
                "a cursor that outlives its transaction",
                "FETCH ALL FROM left_behind",
                client -> run(client, "DECLARE left_behind CURSOR WITH HOLD FOR SELECT text FROM note")));
        all.add(leaving(
                "a prepared statement",
                "SELECT statement FROM pg_prepared_statements WHERE name = 'left_behind'",
                client -> run(client, "PREPARE left_behind AS SELECT '${mark}'")));
        all.add(leaving(
                "a channel that is listened to",
                "SELECT '${mark}' FROM pg_listening_channels()",
                client -> run(client, "LISTEN left_behind")));
        all.add(leaving(
                "an advisory lock of the session",
                "SELECT '${mark}' FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()"
                        + " AND objid = 424242",
                client -> run(client, "SELECT 1 FROM pg_advisory_lock(424242)")));
        all.add(leaving(
                "a search path for the session",
                "SELECT '${mark}' WHERE current_schemas(false)::text LIKE '%pg_catalog,%'",
                client -> run(client, "SELECT set_config('search_path', 'pg_catalog, pg_temp', false)")));
        all.add(new Attack(LINE, "cancellation at any moment", BorrowerAttacks::cancelled));
        all.add(new Attack(LINE, "cancellation of a large result", BorrowerAttacks::largeResult));
        all.add(new Attack(LINE, "a statement that is kept", BorrowerAttacks::keptStatement));
        all.add(new Attack(LINE, "an open transaction", BorrowerAttacks::openTransaction));
        return all;
    }

    /// @param look what the next borrower looks for; it must not find the mark of the former
    private static Attack leaving(String what, String look, Function<DatabaseClient, Mono<Long>> work) {
        return new Attack(LINE, what, (target, attack) -> {
            for (int i = 0; i < target.ground().spec().connections(); i++) {
                target.ground().write(previous(target), work).onErrorComplete().block(WAIT);
            }
            return next(target, attack, look.replace("${mark}", previous(target).mark()));
        });
    }

    // Whoever shares connections with the attacker; where nobody does, the attacker itself.
    private static Resident previous(Target target) {
        return target.victim().database().equals(target.attacker().database()) ? target.victim() : target.attacker();
    }

    private static Mono<Long> settingForTheSession(DatabaseClient client) {
        return run(
                client,
                "SELECT set_config('weir.tenant_id', current_setting('weir.tenant_id'), false),"
                        + " set_config('weir.tenant_proof', coalesce(current_setting('weir.tenant_proof', true), ''),"
                        + " false)");
    }

    private static List<Breach> cancelled(Target target, String attack) {
        for (int micros = 0; micros < 8_000; micros += 200) {
            target.ground()
                    .write(
                            previous(target),
                            client -> run(client, "UPDATE note SET amount_micros = amount_micros")
                                    .then(Mono.<Long>never()))
                    .timeout(Duration.ofNanos(micros * 1_000L))
                    .onErrorComplete()
                    .block(WAIT);
        }
        return next(target, attack, "SELECT 1");
    }

    // More rows than the driver buffers.
    private static List<Breach> largeResult(Target target, String attack) {
        for (int i = 0; i < target.ground().spec().connections(); i++) {
            target.ground()
                    .read(
                            previous(target),
                            client -> client.sql("SELECT text FROM note, generate_series(1, 2000) ORDER BY note_id")
                                    .map(row -> Column.first(row, String.class))
                                    .all())
                    .take(3)
                    .blockLast(WAIT);
        }
        return next(target, attack, "SELECT 1");
    }

    private static List<Breach> committedByTheNext(Target target, String attack) throws SQLException {
        int connections = target.ground().spec().connections();
        for (int i = 0; i < connections; i++) {
            target.ground()
                    .write(
                            previous(target),
                            client -> run(client, "UPDATE note SET amount_micros = 424242")
                                    .then(Mono.<Long>error(new IllegalStateException("after the write"))))
                    .onErrorComplete()
                    .block(WAIT);
        }
        // The pool lends its connections in turn: each of them meets the next tenant.
        for (int i = 0; i < connections; i++) {
            target.ground()
                    .write(target.attacker(), client -> run(client, "UPDATE remark SET note_id = note_id"))
                    .onErrorComplete()
                    .block(WAIT);
        }
        String query = "SELECT tenant_id FROM note WHERE amount_micros = 424242";
        if (target.ground().asSuperuserRead(target.attacker(), query).isEmpty()) {
            return List.of();
        }
        target.ground()
                .asSuperuser(
                        target.attacker(),
                        "UPDATE note SET amount_micros = note_id * 1000000 WHERE amount_micros = 424242");
        return List.of(new Breach(Breach.Kind.CHANGED, attack, "what one rolled back, the next one committed"));
    }

    private static List<Breach> keptStatement(Target target, String attack) {
        AtomicReference<Statement> kept = new AtomicReference<>();
        String sql = "SELECT text FROM note";
        target.ground()
                .write(
                        previous(target),
                        client -> client.inConnection(connection -> {
                            kept.set(connection.createStatement(sql));
                            return Mono.just(1L);
                        }))
                .block(WAIT);
        // A thousand attempts while others use the connection: one of them meets it in somebody's transaction.
        Mono<Long> others = Flux.range(0, 200)
                .flatMap(
                        i -> target.ground()
                                .read(
                                        target.attacker(),
                                        client -> client.sql("SELECT text FROM note")
                                                .map(row -> Column.first(row, String.class))
                                                .all()),
                        4)
                .count();
        Mono<List<String>> late = Flux.range(0, 1_000)
                .concatMap(i -> Flux.defer(() -> kept.get().execute())
                        .flatMap(result -> result.map((row, metadata) -> String.valueOf(row.get(0))))
                        .onErrorComplete())
                .collectList();
        List<String> seen = Mono.zip(others.onErrorReturn(0L), late)
                .blockOptional(WAIT)
                .map(both -> both.getT2())
                .orElse(List.of());
        return seen.isEmpty()
                ? List.of()
                : List.of(new Breach(
                        Breach.Kind.SEEN, attack, "a statement of an ended transaction ran: " + seen.getFirst()));
    }

    private static List<Breach> openTransaction(Target target, String attack) {
        List<Breach> breaches = new ArrayList<>();
        for (String boundary : List.of("COMMIT", "ROLLBACK", "BEGIN", "SELECT 1; COMMIT", "SAVEPOINT s; ROLLBACK")) {
            target.ground()
                    .write(previous(target), client -> run(client, boundary))
                    .onErrorComplete()
                    .block(WAIT);
            breaches.addAll(next(target, attack, "SELECT 1"));
        }
        return breaches;
    }

    private static List<Breach> next(Target target, String attack, String look) {
        List<Breach> breaches = new ArrayList<>();
        String former = previous(target).mark();
        boolean strangers = !previous(target).equals(target.attacker());
        for (int i = 0; i < 2 * target.ground().spec().connections(); i++) {
            for (String sql : List.of("SELECT text FROM note", look)) {
                List<String> seen = target.ground()
                        .read(
                                target.attacker(),
                                client -> client.sql(sql)
                                        .map(row -> String.valueOf(row.get(0)))
                                        .all())
                        .collectList()
                        .onErrorReturn(List.of())
                        .blockOptional(WAIT)
                        .orElse(List.of());
                if (seen.contains(former) && (strangers || sql.equals(look))) {
                    breaches.add(new Breach(Breach.Kind.SEEN, attack, "the next borrower found " + former));
                    return breaches;
                }
            }
        }
        return breaches;
    }

    private static Mono<Long> run(DatabaseClient client, String sql) {
        return client.sql(sql).fetch().rowsUpdated().defaultIfEmpty(0L);
    }
}
