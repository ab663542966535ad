package io.weir.orchestration.budget.alert;

import io.r2dbc.spi.Readable;
import io.weir.money.Amount;
import io.weir.r2dbc.Column;
import io.weir.r2dbc.PlatformTransaction;
import io.weir.tenancy.TenantId;
import java.math.BigDecimal;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import reactor.core.publisher.Mono;

/// Alerts that wait to be told, in PostgreSQL.
final class R2dbcBudgetAlerts {

    private static final String WHY = "alerts of all tenants' budgets are told by one relay";

    private static final String CLAIM = """
            UPDATE budget_alert a SET claimed_until = clock_timestamp() + interval '30 seconds'
            FROM (SELECT tenant_id, budget_id, window_start, kind, limit_version FROM budget_alert
                  WHERE published_at IS NULL AND claimed_until < clock_timestamp()
                  ORDER BY raised_at LIMIT 100 FOR UPDATE SKIP LOCKED) c
            WHERE a.tenant_id = c.tenant_id AND a.budget_id = c.budget_id AND a.window_start = c.window_start
                AND a.kind = c.kind AND a.limit_version = c.limit_version
            RETURNING a.tenant_id, a.budget_id, a.window_start, a.kind, a.limit_version, a.settled, a.limit_usd, a.raised_at
            """;
    private static final String TOLD = """
            UPDATE budget_alert SET published_at = clock_timestamp()
            WHERE tenant_id = :tenant AND budget_id = :budget AND window_start = :start AND kind = :kind
                AND limit_version = :version
            """;

    private final PlatformTransaction transaction;

    R2dbcBudgetAlerts(PlatformTransaction transaction) {
        this.transaction = transaction;
    }

    /// At most 100 that nobody else has in hand.
    Mono<List<BudgetAlert>> claim() {
        return transaction.in(
                WHY,
                client -> client.sql(CLAIM).map(R2dbcBudgetAlerts::alert).all().collectList());
    }

    private static BudgetAlert alert(Readable row) {
        return new BudgetAlert(
                new TenantId(Column.of(row, "tenant_id", UUID.class)),
                Column.of(row, "budget_id", String.class),
                Column.of(row, "window_start", OffsetDateTime.class).toInstant(),
                Column.of(row, "kind", String.class),
                Column.of(row, "limit_version", Long.class),
                new Amount(Column.of(row, "settled", BigDecimal.class)),
                new Amount(Column.of(row, "limit_usd", BigDecimal.class)),
                Column.of(row, "raised_at", OffsetDateTime.class).toInstant());
    }

    Mono<Void> told(BudgetAlert alert) {
        return transaction
                .in(
                        WHY,
                        client -> client.sql(TOLD)
                                .bind("tenant", alert.tenantId().value())
                                .bind("budget", alert.budgetId())
                                .bind("start", alert.windowStart().atOffset(ZoneOffset.UTC))
                                .bind("kind", alert.kind())
                                .bind("version", alert.limitVersion())
                                .fetch()
                                .rowsUpdated())
                .then();
    }
}
