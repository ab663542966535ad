package io.weir.orchestration.budget;

import io.r2dbc.spi.Readable;
import io.weir.money.Amount;
import io.weir.r2dbc.TenantTransaction;
import io.weir.tenancy.TenantContext;
import io.weir.tenancy.TenantScope;
import java.math.BigDecimal;
import java.time.ZoneOffset;
import java.util.Objects;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.r2dbc.core.DatabaseClient.GenericExecuteSpec;
import reactor.core.publisher.Mono;

/// Budgets in PostgreSQL. Each change is one statement, so that the row's lock is held for it and the commit only.
public final class R2dbcBudgetLedger implements BudgetLedger {

    // The row's lock makes concurrent debits take turns; each sees the sum that the one before left. A limit of
    // an older definition than the one in force is not believed.
    private static final String HOLD = """
            WITH debited AS (
                INSERT INTO budget_window AS w (tenant_id, budget_id, window_start, limit_usd, limit_version, held)
                SELECT :tenant, :budget, :start, :limit, :version, :ceiling
                WHERE :ceiling <= :limit OR EXISTS (SELECT 1 FROM budget_window
                    WHERE tenant_id = :tenant AND budget_id = :budget AND window_start = :start)
                ON CONFLICT (tenant_id, budget_id, window_start) DO UPDATE SET
                    held = w.held + excluded.held,
                    limit_usd = CASE WHEN excluded.limit_version >= w.limit_version THEN excluded.limit_usd ELSE w.limit_usd END,
                    limit_version = greatest(w.limit_version, excluded.limit_version)
                WHERE w.settled + w.held + excluded.held
                    <= CASE WHEN excluded.limit_version >= w.limit_version THEN excluded.limit_usd ELSE w.limit_usd END
                RETURNING w.tenant_id)
            INSERT INTO budget_hold (tenant_id, request_id, budget_id, window_start, ceiling)
            SELECT tenant_id, :request, :budget, :start, :ceiling FROM debited
            """;

    // Locks the hold, then its window, as a settlement does. The number of rows tells apart what became of it.
    private static final String EXTEND = """
            WITH open AS (
                SELECT ceiling FROM budget_hold
                WHERE tenant_id = :tenant AND request_id = :request AND state = 'held' FOR UPDATE),
            debited AS (
                UPDATE budget_window w SET
                    held = w.held + greatest(:ceiling - open.ceiling, 0),
                    limit_usd = CASE WHEN :version >= w.limit_version THEN :limit ELSE w.limit_usd END,
                    limit_version = greatest(w.limit_version, :version)
                FROM open
                WHERE w.tenant_id = :tenant AND w.budget_id = :budget AND w.window_start = :start
                    AND (:ceiling <= open.ceiling OR w.settled + w.held + :ceiling - open.ceiling
                        <= CASE WHEN :version >= w.limit_version THEN :limit ELSE w.limit_usd END)
                RETURNING w.tenant_id),
            raised AS (
                UPDATE budget_hold h SET ceiling = greatest(h.ceiling, :ceiling) FROM debited
                WHERE h.tenant_id = debited.tenant_id AND h.request_id = :request
                RETURNING h.request_id)
            SELECT (SELECT count(*) FROM open) AS open, (SELECT count(*) FROM raised) AS raised
            """;

    private static final String SETTLE = """
            WITH resolved AS (
                UPDATE budget_hold SET state = 'settled', actual = least(:actual, ceiling), resolved_at = now()
                WHERE tenant_id = :tenant AND request_id = :request AND state = 'held'
                RETURNING budget_id, window_start, ceiling, actual)
            UPDATE budget_window w SET held = w.held - resolved.ceiling, settled = w.settled + resolved.actual
            FROM resolved
            WHERE w.tenant_id = :tenant AND w.budget_id = resolved.budget_id AND w.window_start = resolved.window_start
            RETURNING resolved.actual
            """;

    // Where there is no hold yet, its place is taken, so that one still on its way fails instead of staying open.
    private static final String RELEASE = """
            WITH resolved AS (
                INSERT INTO budget_hold AS h
                    (tenant_id, request_id, budget_id, window_start, ceiling, state, resolved_at)
                VALUES (:tenant, :request, :budget, :start, 0, 'released', now())
                ON CONFLICT (tenant_id, request_id) DO UPDATE SET state = 'released', resolved_at = now()
                WHERE h.state = 'held'
                RETURNING h.budget_id, h.window_start, h.ceiling)
            UPDATE budget_window w SET held = w.held - resolved.ceiling
            FROM resolved
            WHERE w.tenant_id = :tenant AND w.budget_id = resolved.budget_id AND w.window_start = resolved.window_start
            """;

    private static final String BALANCE = """
            SELECT CASE WHEN :version >= limit_version THEN :limit ELSE limit_usd END AS limit_usd, settled, held
            FROM budget_window WHERE tenant_id = :tenant AND budget_id = :budget AND window_start = :start
            """;

    private final TenantTransaction transaction;

    public R2dbcBudgetLedger(TenantTransaction transaction) {
        this.transaction = transaction;
    }

    @Override
    public Mono<Debit> hold(Hold hold) {
        return transaction
                .<Long>in(client -> window(client.sql(HOLD), hold)
                        .bind("limit", hold.limit().value())
                        .bind("version", hold.limitVersion())
                        .bind("ceiling", hold.ceiling().value())
                        .bind("request", hold.requestId())
                        .fetch()
                        .rowsUpdated())
                .contextWrite(TenantScope.entering(hold.tenant()))
                .flatMap(rows -> rows == 0 ? overLimit(hold) : Mono.<Debit>just(new Debit.Held()))
                .onErrorReturn(DuplicateKeyException.class, new Debit.Repeated());
    }

    @Override
    public Mono<Debit> extend(Hold hold) {
        return transaction
                .in(client -> window(client.sql(EXTEND), hold)
                        .bind("limit", hold.limit().value())
                        .bind("version", hold.limitVersion())
                        .bind("ceiling", hold.ceiling().value())
                        .bind("request", hold.requestId())
                        .map(row -> new Extension(count(row, "open") > 0, count(row, "raised") > 0))
                        .one())
                .contextWrite(TenantScope.entering(hold.tenant()))
                .flatMap(extension -> {
                    if (extension.raised) {
                        return Mono.just(new Debit.Held());
                    }
                    return extension.open ? overLimit(hold) : Mono.just(new Debit.Repeated());
                });
    }

    private record Extension(boolean open, boolean raised) {}

    private static long count(Readable row, String column) {
        return Objects.requireNonNull(row.get(column, Long.class));
    }

    private Mono<Debit> overLimit(Hold hold) {
        return balance(hold)
                .defaultIfEmpty(new Balance(hold.limit(), Amount.ZERO, Amount.ZERO))
                .map(Debit.OverLimit::new);
    }

    @Override
    public Mono<Amount> settle(TenantContext tenant, String requestId, Amount actual) {
        return transaction
                .in(client -> client.sql(SETTLE)
                        .bind("tenant", tenant.id().value())
                        .bind("request", requestId)
                        .bind("actual", actual.value())
                        .map(row -> amount(row, "actual"))
                        .one())
                .contextWrite(TenantScope.entering(tenant));
    }

    @Override
    public Mono<Void> release(Hold hold) {
        return transaction
                .in(client -> window(client.sql(RELEASE), hold)
                        .bind("request", hold.requestId())
                        .fetch()
                        .rowsUpdated())
                .contextWrite(TenantScope.entering(hold.tenant()))
                .then();
    }

    @Override
    public Mono<Balance> balance(Hold hold) {
        return transaction
                .in(client -> window(client.sql(BALANCE), hold)
                        .bind("limit", hold.limit().value())
                        .bind("version", hold.limitVersion())
                        .map(row -> new Balance(amount(row, "limit_usd"), amount(row, "settled"), amount(row, "held")))
                        .one())
                .contextWrite(TenantScope.entering(hold.tenant()));
    }

    private static GenericExecuteSpec window(DatabaseClient.GenericExecuteSpec sql, Hold hold) {
        return sql.bind("tenant", hold.tenant().id().value())
                .bind("budget", hold.budgetId())
                .bind("start", hold.windowStart().atOffset(ZoneOffset.UTC));
    }

    private static Amount amount(Readable row, String column) {
        return new Amount(Objects.requireNonNull(row.get(column, BigDecimal.class)));
    }
}
