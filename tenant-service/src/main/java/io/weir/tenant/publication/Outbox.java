package io.weir.tenant.publication;

import io.weir.problem.PlatformException;
import io.weir.r2dbc.Column;
import io.weir.r2dbc.PlatformTransaction;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/// Takes publications inside the transaction of the change they tell of, and knows when they have arrived.
@Component
public final class Outbox {

    private static final Duration PAUSE = Duration.ofMillis(100);

    private final PlatformTransaction platform;
    private final OutboxRelay relay;

    Outbox(PlatformTransaction platform, OutboxRelay relay) {
        this.platform = platform;
        this.relay = relay;
    }

    /// Adds it, once, in the client's transaction. Call [#wake] after the commit.
    public Mono<Void> add(DatabaseClient client, Publication publication) {
        return client.sql("""
                        INSERT INTO outbox (tenant_id, topic, record_key, version, payload)
                        VALUES (:tenant, :topic, :key, :version, :payload) ON CONFLICT DO NOTHING""")
                .bind("tenant", publication.tenant().value())
                .bind("topic", publication.topic().suffix())
                .bind("key", publication.key())
                .bind("version", publication.version())
                .bind("payload", Column.parameter(publication.json(), String.class))
                .then();
    }

    /// Adds them all, each once, with one statement.
    public Mono<Void> addAll(DatabaseClient client, List<Publication> publications) {
        if (publications.isEmpty()) {
            return Mono.empty();
        }
        return client.sql("""
                        INSERT INTO outbox (tenant_id, topic, record_key, version, payload)
                        SELECT * FROM unnest(CAST(:tenants AS uuid[]), CAST(:topics AS text[]), CAST(:keys AS text[]),
                            CAST(:versions AS bigint[]), CAST(:payloads AS text[])) ON CONFLICT DO NOTHING""")
                .bind(
                        "tenants",
                        publications.stream().map(one -> one.tenant().value()).toArray(UUID[]::new))
                .bind(
                        "topics",
                        publications.stream().map(one -> one.topic().suffix()).toArray(String[]::new))
                .bind("keys", publications.stream().map(Publication::key).toArray(String[]::new))
                .bind(
                        "versions",
                        publications.stream().map(Publication::version).toArray(Long[]::new))
                .bind("payloads", publications.stream().map(Publication::json).toArray(String[]::new))
                .then();
    }

    /// Has the relay look at once instead of at its next round.
    public void wake() {
        relay.wake();
    }

    /// True as soon as the broker has it, false when that did not happen in time.
    public Mono<Boolean> arrives(Publication publication, Duration atMost) {
        relay.wake();
        return Mono.defer(() -> waits(publication))
                .filter(waiting -> !waiting)
                .map(arrived -> true)
                .repeatWhenEmpty(attempts -> attempts.delayElements(PAUSE))
                .timeout(atMost, Mono.just(false));
    }

    private Mono<Boolean> waits(Publication publication) {
        return platform.in(
                        "has a publication reached the broker",
                        client -> client.sql("""
                                SELECT EXISTS (SELECT 1 FROM outbox WHERE tenant_id = :tenant AND topic = :topic
                                    AND record_key = :key AND version <= :version)""")
                                .bind("tenant", publication.tenant().value())
                                .bind("topic", publication.topic().suffix())
                                .bind("key", publication.key())
                                .bind("version", publication.version())
                                .map(row -> Column.first(row, Boolean.class))
                                .one())
                // Not known is not arrived: the change itself is committed.
                .onErrorResume(PlatformException.class, busy -> Mono.just(true));
    }
}
