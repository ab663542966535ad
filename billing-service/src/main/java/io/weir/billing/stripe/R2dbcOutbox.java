package io.weir.billing.stripe;

import io.weir.r2dbc.Column;
import io.weir.r2dbc.PlatformTransaction;
import io.weir.tenancy.TenantId;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import reactor.core.publisher.Mono;

/// Which tenants have invoices to be worked on, and who works on them. By the database's clock, the same for all.
final class R2dbcOutbox {

    private static final String WHY = "invoices of any tenant wait to be sent to Stripe";

    private static final String OPEN = "s.state IN ('rated', 'items_sent', 'totals_matched')";

    // A tenant at a time: nobody else makes its customer or adds to its invoices meanwhile.
    private static final String CLAIM = """
            UPDATE stripe_customer
            SET claimed_by = :worker,
                claimed_until = clock_timestamp() + CAST(:lease AS bigint) * interval '1 millisecond'
            WHERE tenant_id = (
                SELECT c.tenant_id
                FROM stripe_invoice s JOIN stripe_customer c ON c.tenant_id = s.tenant_id
                WHERE %s AND s.next_attempt_at <= clock_timestamp()
                    AND (c.claimed_until IS NULL OR c.claimed_until < clock_timestamp())
                ORDER BY s.next_attempt_at
                LIMIT 1
                FOR UPDATE OF c SKIP LOCKED)
            RETURNING tenant_id
            """.formatted(OPEN);

    private static final String RELEASE = """
            UPDATE stripe_customer SET claimed_by = NULL, claimed_until = NULL
            WHERE tenant_id = :tenant AND claimed_by = :worker
            """;

    private static final String DUE = """
            SELECT s.invoice_id
            FROM stripe_invoice s JOIN invoice i ON i.invoice_id = s.invoice_id
            WHERE s.tenant_id = :tenant AND %s AND s.next_attempt_at <= clock_timestamp()
            ORDER BY i.period
            """.formatted(OPEN);

    private static final String BACKLOG = """
            SELECT count(*) FILTER (WHERE s.state = 'parked') AS parked,
                   coalesce(CAST(extract(epoch FROM clock_timestamp() - min(s.changed_at) FILTER (WHERE %s)) AS bigint),
                            0) AS age
            FROM stripe_invoice s
            WHERE s.state = 'parked' OR %s
            """.formatted(OPEN, OPEN);

    private final PlatformTransaction transaction;
    private final Duration lease;

    R2dbcOutbox(PlatformTransaction transaction, Duration lease) {
        this.transaction = transaction;
        this.lease = lease;
    }

    /// A tenant with invoices that are due and that nobody works on; empty where there is none.
    Mono<Claim> claim(UUID worker) {
        return transaction.in(
                WHY,
                client -> client.sql(CLAIM)
                        .bind("worker", worker)
                        .bind("lease", lease.toMillis())
                        .map(row -> new Claim(worker, new TenantId(Column.first(row, UUID.class))))
                        .one());
    }

    /// Gives the tenant back; without effect where the claim was lost.
    Mono<Void> release(Claim claim) {
        return transaction
                .in(
                        WHY,
                        client -> client.sql(RELEASE)
                                .bind("tenant", claim.tenantId().value())
                                .bind("worker", claim.worker())
                                .fetch()
                                .rowsUpdated())
                .then();
    }

    /// The tenant's invoices that are due, the earliest month first.
    Mono<List<UUID>> due(TenantId tenant) {
        return transaction.in(
                WHY,
                client -> client.sql(DUE)
                        .bind("tenant", tenant.value())
                        .map(row -> Column.first(row, UUID.class))
                        .all()
                        .collectList());
    }

    /// @param parked invoices
    /// @param oldestSeconds since the longest waiting of the others last moved on
    record Backlog(long parked, long oldestSeconds) {}

    Mono<Backlog> backlog() {
        return transaction.in(
                WHY,
                client -> client.sql(BACKLOG)
                        .map(row ->
                                new Backlog(Column.of(row, "parked", Long.class), Column.of(row, "age", Long.class)))
                        .one());
    }
}
