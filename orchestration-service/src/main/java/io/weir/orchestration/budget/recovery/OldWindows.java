package io.weir.orchestration.budget.recovery;

import io.weir.r2dbc.PlatformTransaction;
import reactor.core.publisher.Mono;

/// Removes what is over for long, in PostgreSQL, some rows at a time: windows and their alerts, and processes without
/// leases. A window that never ends stays.
final class OldWindows {

    private static final String WHY = "windows of all tenants' budgets that are over for long are removed";

    // A window is at most a month long, and is named by its first day: this one was over a hundred days ago.
    private static final String WINDOWS = """
            DELETE FROM budget_window w WHERE w.ctid = ANY (ARRAY(
                SELECT o.ctid FROM budget_window o
                WHERE o.window_start < clock_timestamp() - interval '132 days' AND o.window_start > 'epoch'
                    AND NOT EXISTS (SELECT FROM budget_lease l WHERE l.tenant_id = o.tenant_id
                        AND l.budget_id = o.budget_id AND l.window_start = o.window_start)
                LIMIT 1000 FOR UPDATE SKIP LOCKED))
            """;
    private static final String ALERTS = """
            DELETE FROM budget_alert a WHERE a.ctid = ANY (ARRAY(
                SELECT o.ctid FROM budget_alert o
                WHERE o.raised_at < clock_timestamp() - interval '132 days' AND o.published_at IS NOT NULL
                    AND NOT EXISTS (SELECT FROM budget_window w WHERE w.tenant_id = o.tenant_id
                        AND w.budget_id = o.budget_id AND w.window_start = o.window_start)
                LIMIT 1000 FOR UPDATE SKIP LOCKED))
            """;
    // Whoever was taken for dead and is not must be told so, also a machine that was suspended for weeks.
    private static final String HOLDERS = """
            DELETE FROM budget_holder h WHERE h.expires_at < clock_timestamp() - interval '35 days'
                AND NOT EXISTS (SELECT FROM budget_lease l WHERE l.holder = h.holder)
            """;

    private final PlatformTransaction transaction;

    OldWindows(PlatformTransaction transaction) {
        this.transaction = transaction;
    }

    /// How many rows that were: where that is many, there may be more.
    Mono<Long> prune() {
        return removed(WINDOWS).zipWith(removed(ALERTS), Long::sum).zipWith(removed(HOLDERS), Long::sum);
    }

    private Mono<Long> removed(String statement) {
        return transaction.in(WHY, client -> client.sql(statement).fetch().rowsUpdated());
    }
}
