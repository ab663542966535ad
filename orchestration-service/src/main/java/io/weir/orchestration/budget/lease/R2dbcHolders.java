package io.weir.orchestration.budget.lease;

import io.weir.orchestration.budget.lease.Holder.HolderStore;
import io.weir.orchestration.budget.lease.Holder.Recalled;
import io.weir.r2dbc.Column;
import io.weir.r2dbc.PlatformTransaction;
import io.weir.tenancy.TenantId;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import reactor.core.publisher.Mono;

/// Processes that take leases, in PostgreSQL. Its clock says who is alive.
public final class R2dbcHolders implements HolderStore {

    private static final String WHY = "leases of all tenants' budgets belong to processes";

    private static final String BEAT = """
            INSERT INTO budget_holder AS h (holder, instance, expires_at, spilling)
            VALUES (:holder, :instance, clock_timestamp() + :ttl * interval '1 millisecond', :spilling)
            ON CONFLICT (holder) DO UPDATE SET expires_at = excluded.expires_at, spilling = excluded.spilling
            WHERE h.dead_at IS NULL
            """;
    private static final String RETIRE = """
            UPDATE budget_holder SET expires_at = least(expires_at, clock_timestamp()) WHERE holder = :holder
            """;
    private static final String DRAINED = """
            UPDATE budget_holder SET spilling = false WHERE instance = :instance AND spilling
            """;
    private static final String RECALLED = """
            SELECT tenant_id, budget_id, window_start, lease_id FROM budget_lease
            WHERE holder = :holder AND recalled AND NOT tight
            """;

    private final PlatformTransaction transaction;

    public R2dbcHolders(PlatformTransaction transaction) {
        this.transaction = transaction;
    }

    @Override
    public Mono<Boolean> beat(UUID holder, String instance, Duration ttl, boolean spilling) {
        return transaction.in(
                WHY,
                client -> client.sql(BEAT)
                        .bind("holder", holder)
                        .bind("instance", instance)
                        .bind("ttl", ttl.toMillis())
                        .bind("spilling", spilling)
                        .fetch()
                        .rowsUpdated()
                        .map(rows -> rows > 0));
    }

    @Override
    public Mono<Void> retire(UUID holder) {
        return transaction
                .in(
                        WHY,
                        client -> client.sql(RETIRE)
                                .bind("holder", holder)
                                .fetch()
                                .rowsUpdated())
                .then();
    }

    @Override
    public Mono<Void> drained(String instance) {
        return transaction
                .in(
                        WHY,
                        client -> client.sql(DRAINED)
                                .bind("instance", instance)
                                .fetch()
                                .rowsUpdated())
                .then();
    }

    @Override
    public Mono<List<Recalled>> recalled(UUID holder) {
        return transaction
                .inMany(
                        WHY,
                        client -> client.sql(RECALLED)
                                .bind("holder", holder)
                                .map(row -> new Recalled(
                                        new WindowId(
                                                new TenantId(Column.of(row, "tenant_id", UUID.class)),
                                                Column.of(row, "budget_id", String.class),
                                                Column.of(row, "window_start", OffsetDateTime.class)
                                                        .toInstant()),
                                        Column.of(row, "lease_id", UUID.class)))
                                .all())
                .collectList();
    }
}
