package io.weir.billing.stripe.webhook;

import io.weir.r2dbc.Column;
import io.weir.r2dbc.PlatformTransaction;
import java.time.Duration;
import reactor.core.publisher.Mono;

/// Events in Postgres, each once. What was taken in is worked on until it is applied, by one worker at a time.
final class R2dbcStripeEvents {

    private static final String WHY = "Stripe's events are about invoices of any tenant";

    private static final String ADD = """
            INSERT INTO stripe_event (event_id, type, object, object_id, happened_at)
            VALUES (:id, :type, :object, :objectId, :happenedAt)
            ON CONFLICT DO NOTHING
            """;

    private static final String CLAIM = """
            UPDATE stripe_event
            SET tries = tries + 1,
                next_attempt_at = clock_timestamp() + CAST(:lease AS bigint) * interval '1 millisecond'
            WHERE event_id = (
                SELECT event_id FROM stripe_event
                WHERE applied_at IS NULL AND next_attempt_at <= clock_timestamp()
                ORDER BY next_attempt_at
                LIMIT 1
                FOR UPDATE SKIP LOCKED)
            RETURNING event_id, object, object_id, tries
            """;

    private static final String APPLIED =
            "UPDATE stripe_event SET applied_at = clock_timestamp(), outcome = :outcome WHERE event_id = :id";

    private static final String POSTPONE = """
            UPDATE stripe_event
            SET next_attempt_at = clock_timestamp() + CAST(:pause AS bigint) * interval '1 millisecond'
            WHERE event_id = :id
            """;

    private static final String PRUNE =
            "DELETE FROM stripe_event WHERE applied_at < clock_timestamp() - CAST(:days AS integer) * interval '1 day'";

    private final PlatformTransaction transaction;

    R2dbcStripeEvents(PlatformTransaction transaction) {
        this.transaction = transaction;
    }

    /// @param tries this one included
    record Due(String id, String object, String objectId, int tries) {}

    /// Answers after the commit whether the event is new.
    Mono<Boolean> add(StripeEvent event) {
        return transaction
                .in(
                        WHY,
                        client -> client.sql(ADD)
                                .bind("id", event.id())
                                .bind("type", event.type())
                                .bind("object", event.object())
                                .bind("objectId", event.objectId())
                                .bind("happenedAt", event.happenedAt())
                                .fetch()
                                .rowsUpdated())
                .map(added -> added == 1);
    }

    /// The next event to apply, for the time of the lease; empty where there is none.
    Mono<Due> claim(Duration lease) {
        return transaction.in(
                WHY,
                client -> client.sql(CLAIM)
                        .bind("lease", lease.toMillis())
                        .map(row -> new Due(
                                Column.of(row, "event_id", String.class),
                                Column.of(row, "object", String.class),
                                Column.of(row, "object_id", String.class),
                                Column.of(row, "tries", Integer.class)))
                        .one());
    }

    Mono<Void> applied(String id, String outcome) {
        return transaction
                .in(
                        WHY,
                        client -> client.sql(APPLIED)
                                .bind("outcome", outcome)
                                .bind("id", id)
                                .fetch()
                                .rowsUpdated())
                .then();
    }

    /// Forgets what was applied more than so many days ago, and answers how much that was.
    Mono<Long> prune(int days) {
        return transaction.in(
                WHY, client -> client.sql(PRUNE).bind("days", days).fetch().rowsUpdated());
    }

    Mono<Void> postpone(String id, Duration pause) {
        return transaction
                .in(
                        WHY,
                        client -> client.sql(POSTPONE)
                                .bind("pause", pause.toMillis())
                                .bind("id", id)
                                .fetch()
                                .rowsUpdated())
                .then();
    }
}
