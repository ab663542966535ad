package io.weir.orchestration.budget.lease;

import io.weir.orchestration.budget.lease.Holder.HolderStore;
import io.weir.orchestration.budget.lease.Holder.Mark;
import io.weir.orchestration.budget.lease.Holder.Recalled;
import io.weir.r2dbc.Column;
import io.weir.r2dbc.PlatformTransaction;
import io.weir.tenancy.TenantId;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import reactor.core.publisher.Mono;

/// Processes that take leases, in PostgreSQL. Its clock says who is alive.
public final class R2dbcHolders implements HolderStore {

    private static final String WHY = "leases of all tenants' budgets belong to processes";

    private static final String BEAT = """
            INSERT INTO budget_holder AS h (holder, instance, expires_at, spilling, mark, spilling_since)
            VALUES (:holder, :instance, clock_timestamp() + :ttl * interval '1 millisecond', :spilling, :mark,
                CASE WHEN :spilling THEN clock_timestamp() END)
            ON CONFLICT (holder) DO UPDATE SET instance = excluded.instance,
                expires_at = greatest(h.expires_at, excluded.expires_at),
                spilling = CASE WHEN excluded.mark < h.mark THEN h.spilling ELSE excluded.spilling END,
                spilling_since = CASE WHEN excluded.mark < h.mark THEN h.spilling_since
                    WHEN excluded.spilling THEN coalesce(h.spilling_since, excluded.spilling_since) END,
                mark = greatest(h.mark, excluded.mark)
            WHERE h.dead_at IS NULL
            """;
    private static final String RETIRE = """
            UPDATE budget_holder SET expires_at = least(expires_at, clock_timestamp()) WHERE holder = :holder
            """;
    private static final String DRAINED = """
            UPDATE budget_holder SET spilling = false, spilling_since = NULL, mark = greatest(mark, :mark)
            WHERE (instance = :instance AND holder <> :holder AND spilling)
               OR (instance = :instance AND holder = :holder AND mark <= :mark)
            """;
    // Of one that lives the file is another one, on another disk: its mark is its own. One time for both, so that
    // nobody is between them.
    private static final String DELIVERED = """
            WITH gone AS (
                UPDATE budget_holder SET spilling = false, spilling_since = NULL
                WHERE instance = :instance AND spilling AND expires_at < now())
            SELECT NOT EXISTS (SELECT FROM budget_holder
                WHERE instance = :instance AND spilling AND expires_at >= now()) AS all_gone
            """;
    // Who lives will deliver its file, however long that takes.
    private static final String SPILLING = """
            SELECT instance, max(greatest(spilling_since, expires_at)) AS since FROM budget_holder WHERE spilling
            GROUP BY instance
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
    public Mono<Boolean> beat(UUID holder, String instance, Duration ttl, Mark mark) {
        return transaction.in(
                WHY,
                client -> client.sql(BEAT)
                        .bind("holder", holder)
                        .bind("instance", instance)
                        .bind("ttl", ttl.toMillis())
                        .bind("spilling", mark.spilling())
                        .bind("mark", mark.count())
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
    public Mono<Void> drained(String instance, UUID holder, Mark mark) {
        return transaction
                .in(
                        WHY,
                        client -> client.sql(DRAINED)
                                .bind("instance", instance)
                                .bind("holder", holder)
                                .bind("mark", mark.count())
                                .fetch()
                                .rowsUpdated())
                .then();
    }

    @Override
    public Mono<Boolean> delivered(String instance) {
        return transaction.in(
                WHY,
                client -> client.sql(DELIVERED)
                        .bind("instance", instance)
                        .map(row -> Column.of(row, "all_gone", Boolean.class))
                        .one());
    }

    @Override
    public Mono<Map<String, Instant>> spilling() {
        return transaction
                .inMany(
                        WHY,
                        client -> client.sql(SPILLING)
                                .map(row -> Map.entry(
                                        Column.of(row, "instance", String.class),
                                        Column.of(row, "since", OffsetDateTime.class)
                                                .toInstant()))
                                .all())
                .collectMap(Map.Entry::getKey, Map.Entry::getValue);
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
