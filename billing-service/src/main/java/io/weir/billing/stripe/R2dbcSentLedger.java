package io.weir.billing.stripe;

import io.weir.r2dbc.Column;
import io.weir.r2dbc.PlatformTransaction;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Mono;

/// What was sent to Stripe under which key, and the id that came back. Written before a call and after it, so that a
/// crash in between leaves a row that says: look there first. Every write renews the writer's claim and fails with
/// [ClaimLostException] when it is gone.
final class R2dbcSentLedger {

    private static final String WHY = "invoices of any tenant are sent to Stripe";

    private static final String RENEW = """
            UPDATE stripe_customer
            SET claimed_until = clock_timestamp() + CAST(:lease AS bigint) * interval '1 millisecond'
            WHERE tenant_id = :tenant AND claimed_by = :worker
            """;

    private static final String INTEND = """
            INSERT INTO stripe_sent AS known
                (slot, idempotency_key, tenant_id, invoice_id, version, object, line, amount)
            VALUES (:slot, :slot, :tenant, :invoice, :version, :object, :line, :amount)
            ON CONFLICT (slot) DO UPDATE SET sent_at = clock_timestamp(), amount = excluded.amount
            RETURNING idempotency_key
            """;

    private static final String AGAIN = """
            UPDATE stripe_sent
            SET tries = tries + 1, idempotency_key = slot || '/again/' || (tries + 1), stripe_id = NULL,
                answered_at = NULL
            WHERE slot = :slot
            """;

    private static final String RECORD = """
            INSERT INTO stripe_sent
                (slot, idempotency_key, tenant_id, invoice_id, version, object, line, amount, stripe_id, answered_at)
            VALUES (:slot, :slot, :tenant, :invoice, :version, :object, :line, :amount, :id, clock_timestamp())
            ON CONFLICT (slot) DO UPDATE SET stripe_id = excluded.stripe_id, answered_at = excluded.answered_at
            """;

    private static final String FIND = "SELECT stripe_id, first_sent_at FROM stripe_sent WHERE slot = :slot";

    private static final String ITEMS = """
            SELECT line, stripe_id FROM stripe_sent
            WHERE invoice_id = :invoice AND version = :version AND object = 'item' AND stripe_id IS NOT NULL
            """;

    private final PlatformTransaction transaction;
    private final Duration lease;

    R2dbcSentLedger(PlatformTransaction transaction, Duration lease) {
        this.transaction = transaction;
        this.lease = lease;
    }

    /// @param stripeId null where it was sent and the answer is not known
    record Sent(@Nullable String stripeId, Instant firstSentAt) {}

    /// Empty where nothing was ever sent for the slot.
    Mono<Sent> find(Slot slot) {
        return transaction.in(
                WHY,
                client -> client.sql(FIND)
                        .bind("slot", slot.name())
                        .map(row -> new Sent(
                                row.get("stripe_id", String.class), Column.of(row, "first_sent_at", Instant.class)))
                        .one());
    }

    /// Stripe's ids of an invoice's lines, by position.
    Mono<Map<Integer, String>> items(UUID invoice, int version) {
        return transaction.in(
                WHY,
                client -> client.sql(ITEMS)
                        .bind("invoice", invoice)
                        .bind("version", version)
                        .map(row -> Map.entry(
                                Column.of(row, "line", Integer.class), Column.of(row, "stripe_id", String.class)))
                        .all()
                        .collectMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    /// Notes that the slot is about to be filled, and answers the key to do it under.
    Mono<String> intend(Claim claim, Slot slot) {
        return claimed(
                claim,
                client -> bound(client.sql(INTEND), slot)
                        .map(row -> Column.first(row, String.class))
                        .one());
    }

    /// Notes what fills the slot.
    Mono<Void> record(Claim claim, Slot slot, String stripeId) {
        return claimed(
                        claim,
                        client -> bound(client.sql(RECORD), slot)
                                .bind("id", stripeId)
                                .fetch()
                                .rowsUpdated())
                .then();
    }

    /// The next attempt goes under another key: Stripe has answered this one for good, or what it made was deleted.
    Mono<Void> again(Claim claim, Slot slot) {
        return claimed(
                        claim,
                        client -> client.sql(AGAIN)
                                .bind("slot", slot.name())
                                .fetch()
                                .rowsUpdated())
                .then();
    }

    private <T> Mono<T> claimed(Claim claim, Function<DatabaseClient, Mono<T>> work) {
        return transaction.in(
                WHY,
                client -> client.sql(RENEW)
                        .bind("lease", lease.toMillis())
                        .bind("tenant", claim.tenantId().value())
                        .bind("worker", claim.worker())
                        .fetch()
                        .rowsUpdated()
                        .flatMap(renewed ->
                                renewed == 1 ? work.apply(client) : Mono.error(new ClaimLostException(claim))));
    }

    private static DatabaseClient.GenericExecuteSpec bound(DatabaseClient.GenericExecuteSpec statement, Slot slot) {
        return statement
                .bind("slot", slot.name())
                .bind("tenant", slot.tenantId().value())
                .bind("invoice", Column.parameter(slot.invoiceId(), UUID.class))
                .bind("version", slot.version())
                .bind("object", slot.object().word())
                .bind("line", Column.parameter(slot.line(), Integer.class))
                .bind("amount", Column.parameter(slot.amount(), Long.class));
    }
}
