package io.weir.orchestration.budget.recovery;

import io.r2dbc.spi.Readable;
import io.weir.money.Amount;
import io.weir.r2dbc.Column;
import io.weir.r2dbc.PlatformTransaction;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Mono;

/// Processes that are taken for dead, and what they had, in PostgreSQL.
final class DeadHolders {

    private static final String WHY = "leases of a dead process are of all tenants";

    // One that has events in a file is left alone: what the broker has is not all that it said.
    private static final String CLAIM = """
            UPDATE budget_holder h SET dead_at = coalesce(h.dead_at, clock_timestamp()), claimed_by = :by,
                claimed_until = clock_timestamp() + :claim * interval '1 millisecond'
            FROM (SELECT holder FROM budget_holder
                  WHERE expires_at < clock_timestamp() - interval '1 second' AND NOT spilling
                    AND (claimed_by = :by OR claimed_until < clock_timestamp())
                    AND (dead_at IS NULL OR EXISTS (SELECT FROM budget_lease l WHERE l.holder = budget_holder.holder))
                  FOR UPDATE SKIP LOCKED) c
            WHERE h.holder = c.holder
            RETURNING h.holder, h.expires_at
            """;
    private static final String FORGET = """
            DELETE FROM budget_holder h WHERE dead_at < clock_timestamp() - interval '10 minutes'
                AND NOT EXISTS (SELECT FROM budget_lease l WHERE l.holder = h.holder)
            """;
    private static final String LEASES = """
            SELECT tenant_id, budget_id, window_start, lease_id, created_at FROM budget_lease WHERE holder = :holder
            """;
    private static final String RECOVER = """
            SELECT budget_recover(:tenant, :budget, :start, :lease, :settled, :open)
            """;

    private final PlatformTransaction transaction;
    private final UUID reader = UUID.randomUUID();

    DeadHolders(PlatformTransaction transaction) {
        this.transaction = transaction;
    }

    record Dead(UUID holder, Instant expiredAt) {}

    record LeftLease(UUID tenant, String budgetId, OffsetDateTime windowStart, UUID lease, Instant createdAt) {}

    /// Those that are this process's to recover, for as long as it claims them again within the time.
    Mono<List<Dead>> claim(Duration claim) {
        return transaction.in(
                WHY,
                client -> client.sql(FORGET)
                        .fetch()
                        .rowsUpdated()
                        .then(client.sql(CLAIM)
                                .bind("by", reader)
                                .bind("claim", claim.toMillis())
                                .map(row -> new Dead(
                                        Column.of(row, "holder", UUID.class),
                                        Column.of(row, "expires_at", OffsetDateTime.class)
                                                .toInstant()))
                                .all()
                                .collectList()));
    }

    Mono<List<LeftLease>> leases(UUID holder) {
        return transaction.in(
                WHY,
                client -> client.sql(LEASES)
                        .bind("holder", holder)
                        .map(DeadHolders::lease)
                        .all()
                        .collectList());
    }

    private static LeftLease lease(Readable row) {
        return new LeftLease(
                Column.of(row, "tenant_id", UUID.class),
                Column.of(row, "budget_id", String.class),
                Column.of(row, "window_start", OffsetDateTime.class),
                Column.of(row, "lease_id", UUID.class),
                Column.of(row, "created_at", OffsetDateTime.class).toInstant());
    }

    /// Sets what the ledger says of a lease. True: nothing is left of it.
    Mono<Boolean> recover(LeftLease lease, Amount settled, Amount open) {
        return transaction.in(WHY, client -> recovered(client, lease, settled, open));
    }

    private static Mono<Boolean> recovered(DatabaseClient client, LeftLease lease, Amount settled, Amount open) {
        return client.sql(RECOVER)
                .bind("tenant", lease.tenant())
                .bind("budget", lease.budgetId())
                .bind("start", lease.windowStart())
                .bind("lease", lease.lease())
                .bind("settled", settled.value())
                .bind("open", open.value())
                .map(row -> Column.first(row, Boolean.class))
                .one();
    }
}
