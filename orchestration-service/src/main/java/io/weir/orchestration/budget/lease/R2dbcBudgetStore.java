package io.weir.orchestration.budget.lease;

import io.r2dbc.spi.Readable;
import io.weir.money.Amount;
import io.weir.r2dbc.Column;
import io.weir.r2dbc.TenantTransaction;
import io.weir.tenancy.TenantContext;
import io.weir.tenancy.TenantScope;
import java.math.BigDecimal;
import java.time.ZoneOffset;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/// Budgets in PostgreSQL. Each step is one function call, so that the row's lock is held for it and the commit only.
public final class R2dbcBudgetStore implements BudgetStore {

    private static final String SYNC = """
            SELECT known, fits, extra, limit_now, settled_now, leased_now, loose, doubtful
            FROM budget_sync(:tenant, :budget, :start, :limit, :version, :lease, :holder, :settled, :keep, :held, :tight,
                :close, :needs, :chunk, :elapsed)
            """;

    // A lease that calls do not use up counts by what they hold; one that nobody speaks for counts as a whole.
    private static final String BALANCE = """
            SELECT w.limit_usd, w.settled, coalesce((SELECT sum(l.held) FROM budget_lease l
                WHERE l.tenant_id = :tenant AND l.budget_id = :budget AND l.window_start = :start), 0) AS held
            FROM budget_window w
            WHERE w.tenant_id = :tenant AND w.budget_id = :budget AND w.window_start = :start
            """;

    private final TenantTransaction transaction;

    public R2dbcBudgetStore(TenantTransaction transaction) {
        this.transaction = transaction;
    }

    @Override
    public Mono<Answer> sync(Order order) {
        return transaction
                .in(client -> client.sql(SYNC)
                        .bind("tenant", order.window().owner().value())
                        .bind("budget", order.window().budgetId())
                        .bind("start", order.window().start().atOffset(ZoneOffset.UTC))
                        .bind("limit", order.terms().limit().value())
                        .bind("version", order.terms().version())
                        .bind("lease", order.lease())
                        .bind("holder", order.holder())
                        .bind("settled", order.settled().value())
                        .bind("keep", order.keep().value())
                        .bind("held", order.held().value())
                        .bind("tight", order.tight())
                        .bind("close", order.close())
                        .bind("needs", needs(order))
                        .bind("chunk", order.chunk())
                        .bind("elapsed", Column.parameter(elapsed(order), BigDecimal.class))
                        .map(R2dbcBudgetStore::answer)
                        .one())
                .contextWrite(TenantScope.entering(order.owner()));
    }

    private static BigDecimal[] needs(Order order) {
        return order.needs().stream().map(Amount::value).toArray(BigDecimal[]::new);
    }

    private static @Nullable BigDecimal elapsed(Order order) {
        Double elapsed = order.elapsed();
        return elapsed == null ? null : BigDecimal.valueOf(elapsed);
    }

    private static Answer answer(Readable row) {
        Integer[] fits = Column.of(row, "fits", Integer[].class);
        return new Answer(
                Column.of(row, "known", Boolean.class),
                Arrays.stream(fits).map(R2dbcBudgetStore::fit).toList(),
                amount(row, "extra"),
                new Balance(amount(row, "limit_now"), amount(row, "settled_now"), amount(row, "leased_now")),
                amount(row, "loose"),
                amount(row, "doubtful"));
    }

    private static Fit fit(int mark) {
        return mark > 0 ? Fit.GRANTED : mark < 0 ? Fit.NEVER : Fit.NOT_NOW;
    }

    @Override
    public Mono<Balance> balance(TenantContext owner, WindowId window) {
        return transaction
                .in(client -> client.sql(BALANCE)
                        .bind("tenant", window.owner().value())
                        .bind("budget", window.budgetId())
                        .bind("start", window.start().atOffset(ZoneOffset.UTC))
                        .map(row -> new Balance(amount(row, "limit_usd"), amount(row, "settled"), amount(row, "held")))
                        .one())
                .contextWrite(TenantScope.entering(owner));
    }

    private static Amount amount(Readable row, String column) {
        return new Amount(Column.of(row, column, BigDecimal.class));
    }
}
