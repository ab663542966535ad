package io.weir.orchestration.budget.recovery;

import io.r2dbc.spi.Readable;
import io.weir.money.Amount;
import io.weir.r2dbc.Column;
import io.weir.r2dbc.PlatformTransaction;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Mono;

/// Processes that are taken for dead, and what they had, in PostgreSQL.
final class DeadHolders {

    private static final String WHY = "leases of a dead process are of all tenants";

    // One that has events in a file is left alone for a day: what the broker has is not all that it said.
    private static final String CLAIM = """
            UPDATE budget_holder h SET dead_at = coalesce(h.dead_at, clock_timestamp()), claimed_by = :by,
                claimed_until = clock_timestamp() + :claim * interval '1 millisecond'
            FROM (SELECT holder FROM budget_holder
                  WHERE expires_at < clock_timestamp() - interval '1 second'
                    AND (NOT spilling OR expires_at < clock_timestamp() - interval '24 hours')
                    AND (claimed_by = :by OR claimed_until < clock_timestamp())
                    AND (dead_at IS NULL OR EXISTS (SELECT FROM budget_lease l WHERE l.holder = budget_holder.holder))
                  FOR UPDATE SKIP LOCKED) c
            WHERE h.holder = c.holder
            RETURNING h.holder, h.expires_at, h.spilling
            """;
    // A failover may have lost the row of a process that began just before. One that lives says so within its time.
    private static final String ADOPT = """
            INSERT INTO budget_holder (holder, instance, expires_at)
            SELECT DISTINCT l.holder, '', clock_timestamp() + interval '10 seconds' FROM budget_lease l
            WHERE NOT EXISTS (SELECT FROM budget_holder h WHERE h.holder = l.holder)
            ON CONFLICT (holder) DO NOTHING
            """;
    private static final String LEASES = """
            SELECT tenant_id, budget_id, window_start, lease_id, created_at FROM budget_lease WHERE holder = :holder
            ORDER BY tenant_id, budget_id, window_start, lease_id
            """;
    private static final String RECOVER = """
            SELECT budget_recover(u.tenant, u.budget, u.start, u.lease, u.settled, u.held)
            FROM unnest(CAST(:tenants AS uuid[]), CAST(:budgets AS text[]), CAST(:starts AS timestamptz[]),
                CAST(:leases AS uuid[]), CAST(:settled AS numeric[]), CAST(:held AS numeric[]))
                WITH ORDINALITY AS u (tenant, budget, start, lease, settled, held, place)
            ORDER BY u.place
            """;

    private final PlatformTransaction transaction;
    private final UUID reader = UUID.randomUUID();

    DeadHolders(PlatformTransaction transaction) {
        this.transaction = transaction;
    }

    /// @param spilling it had events in a file, and nobody has brought them for so long that nobody will
    record Dead(UUID holder, Instant expiredAt, boolean spilling) {}

    record LeftLease(UUID tenant, String budgetId, OffsetDateTime windowStart, UUID lease, Instant createdAt) {

        String id() {
            return lease.toString();
        }
    }

    /// Gives leases whose process is not known a holder that will be taken for dead.
    Mono<Long> adopt() {
        return transaction.in(WHY, client -> client.sql(ADOPT).fetch().rowsUpdated());
    }

    /// Those that are this process's to recover, for as long as it claims them again within the time.
    Mono<List<Dead>> claim(Duration claim) {
        return transaction.in(
                WHY,
                client -> client.sql(CLAIM)
                        .bind("by", reader)
                        .bind("claim", claim.toMillis())
                        .map(row -> new Dead(
                                Column.of(row, "holder", UUID.class),
                                Column.of(row, "expires_at", OffsetDateTime.class)
                                        .toInstant(),
                                Column.of(row, "spilling", Boolean.class)))
                        .all()
                        .collectList());
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

    /// Sets what the ledger says of leases, in one transaction. How many of them nothing is left of.
    Mono<Long> recover(List<LeftLease> leases, LeaseUse use) {
        return transaction.in(WHY, client -> recovered(client, leases, use));
    }

    private static Mono<Long> recovered(DatabaseClient client, List<LeftLease> leases, LeaseUse use) {
        return client.sql(RECOVER)
                .bind("tenants", leases.stream().map(LeftLease::tenant).toArray(UUID[]::new))
                .bind("budgets", leases.stream().map(LeftLease::budgetId).toArray(String[]::new))
                .bind("starts", leases.stream().map(LeftLease::windowStart).toArray(OffsetDateTime[]::new))
                .bind("leases", leases.stream().map(LeftLease::lease).toArray(UUID[]::new))
                .bind("settled", amounts(leases, use::settled))
                .bind("held", amounts(leases, use::held))
                .map(row -> Column.first(row, Boolean.class))
                .all()
                .filter(gone -> gone)
                .count();
    }

    private static BigDecimal[] amounts(List<LeftLease> leases, Function<String, Amount> of) {
        return leases.stream().map(lease -> of.apply(lease.id()).value()).toArray(BigDecimal[]::new);
    }
}
