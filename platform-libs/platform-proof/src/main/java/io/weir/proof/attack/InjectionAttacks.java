package io.weir.proof.attack;

import io.weir.proof.ground.Resident;
import io.weir.r2dbc.Column;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Mono;

/// Text from outside on its way into statements: it must arrive as it is, and change nothing else.
final class InjectionAttacks {

    private static final Duration WAIT = Duration.ofSeconds(30);

    private static final List<String> TEXTS = List.of(
            "'; SELECT set_config('weir.tenant_id', '${victim}', false); --",
            "' || set_config('weir.tenant_id', '${victim}', true) || '",
            "', (SELECT set_config('weir.tenant_id', '${victim}', true)), '",
            "'; SET ROLE ${database}_owner; --",
            "'; SET search_path = public; --",
            "'; COMMIT; BEGIN; SELECT tenant.enter('${victim}'); --",
            "$$; SET ROLE postgres; $$",
            "\\'; DROP TABLE note; --",
            "E'\\x27; DELETE FROM note; --",
            "U&'\\0027; TRUNCATE note; --",
            "' OR tenant_id = '${victim}' OR '1' = '1",
            "%' OR true --",
            "/* */ UNION SELECT text FROM note --",
            ":tenant $1 ?1 {tenant} ${tenant}",
            "\u02bc; DELETE FROM note; --",
            "\uff07; DELETE FROM note; --",
            "a\u0001b\u001fc",
            "line\nbreak\r\nSET ROLE postgres",
            "x'::uuid; --",
            "{\"tenant_id\": \"${victim}\", \"$set\": 1}");

    private InjectionAttacks() {}

    static List<Attack> all() {
        List<Attack> all = new ArrayList<>();
        for (String text : TEXTS) {
            all.add(new Attack(
                    "set_config, SET ROLE, search_path injected",
                    "the text " + text.replaceAll("\\p{Cntrl}", " "),
                    (target, attack) -> sent(target, attack, target.named(text))));
        }
        return all;
    }

    private static List<Breach> sent(Target target, String attack, String text) {
        List<Breach> breaches = new ArrayList<>();
        Resident attacker = target.attacker();
        String stored = Objects.requireNonNull(target.ground()
                .write(attacker, client -> stored(client, attacker, text))
                .block(WAIT));
        if (!stored.equals(text)) {
            breaches.add(new Breach(Breach.Kind.ADMITTED, attack, "arrived as " + stored));
        }
        List<String> found = target.ground()
                .read(
                        attacker,
                        client -> client.sql("SELECT text FROM note WHERE title = :text OR text LIKE :text"
                                        + " OR facts @> jsonb_build_object('mark', :text::text)"
                                        + " UNION ALL SELECT current_setting('weir.tenant_id')")
                                .bind("text", text)
                                .map(row -> Column.first(row, String.class))
                                .all())
                .collectList()
                .blockOptional(WAIT)
                .orElse(List.of());
        if (!found.contains(attacker.tenant().id().toString())
                || found.contains(target.victim().mark())) {
            breaches.add(new Breach(Breach.Kind.SEEN, attack, "a search for it found " + found));
        }
        return breaches;
    }

    private static Mono<String> stored(DatabaseClient client, Resident attacker, String text) {
        return client.sql(
                        "INSERT INTO note (tenant_id, note_id, title, text, facts) VALUES (:tenant, 500, :text, :text,"
                                + " jsonb_build_object('mark', :text::text)) RETURNING title")
                .bind("tenant", attacker.tenant().id().value())
                .bind("text", text)
                .map(row -> Column.first(row, String.class))
                .one()
                .delayUntil(title -> client.sql("DELETE FROM note WHERE tenant_id = :tenant AND note_id = 500")
                        .bind("tenant", attacker.tenant().id().value())
                        .fetch()
                        .rowsUpdated());
    }
}
