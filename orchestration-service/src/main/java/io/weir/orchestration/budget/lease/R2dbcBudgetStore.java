package io.weir.orchestration.budget.lease;

import io.r2dbc.spi.Readable;
import io.weir.money.Amount;
import io.weir.r2dbc.Column;
import io.weir.r2dbc.TenantTransaction;
import io.weir.tenancy.TenantContext;
import io.weir.tenancy.TenantScope;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/// Budgets in PostgreSQL. Each step is one function call, so that the row's lock is held for it and the commit only.
public final class R2dbcBudgetStore implements BudgetStore {

    private static final String SYNC = """
            SELECT known, healed, fits, extra, limit_now, settled_now, leased_now, loose, doubtful
            FROM budget_sync(:tenant, :budget, :start, :limit, :version, :lease, :holder, :settled, :keep, :held, :tight,
                :close, :needs, :chunk, :elapsed, :since)
            """;

    // A lease that calls do not use up counts by what they hold; one that nobody speaks for counts as a whole.
    private static final String BALANCES = """
            SELECT w.budget_id, w.window_start, w.limit_usd, w.settled, coalesce((SELECT sum(l.held) FROM budget_lease l
                WHERE l.tenant_id = w.tenant_id AND l.budget_id = w.budget_id AND l.window_start = w.window_start), 0)
                AS held
            FROM budget_window w
            JOIN unnest(CAST(:budgets AS text[]), CAST(:starts AS timestamptz[])) AS wanted (budget_id, window_start)
                USING (budget_id, window_start)
            WHERE w.tenant_id = :tenant
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
                        .bind("since", Column.parameter(since(order), OffsetDateTime.class))
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

    private static @Nullable OffsetDateTime since(Order order) {
        Instant since = order.since();
        return since == null ? null : since.atOffset(ZoneOffset.UTC);
    }

    private static Answer answer(Readable row) {
        Integer[] fits = Column.of(row, "fits", Integer[].class);
        return new Answer(
                Column.of(row, "known", Boolean.class),
                Column.of(row, "healed", Boolean.class),
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
        return balances(owner, List.of(window)).mapNotNull(found -> found.get(window));
    }

    @Override
    public Mono<Map<WindowId, Balance>> balances(TenantContext owner, Collection<WindowId> windows) {
        String[] budgets = windows.stream().map(WindowId::budgetId).toArray(String[]::new);
        OffsetDateTime[] starts = windows.stream()
                .map(one -> one.start().atOffset(ZoneOffset.UTC))
                .toArray(OffsetDateTime[]::new);
        return transaction
                .inMany(client -> client.sql(BALANCES)
                        .bind("tenant", owner.id().value())
                        .bind("budgets", budgets)
                        .bind("starts", starts)
                        .map(row -> Map.entry(
                                window(owner, row),
                                new Balance(amount(row, "limit_usd"), amount(row, "settled"), amount(row, "held"))))
                        .all())
                .collectMap(Map.Entry::getKey, Map.Entry::getValue)
                .contextWrite(TenantScope.entering(owner));
    }

    private static WindowId window(TenantContext owner, Readable row) {
        return new WindowId(
                owner.id(),
                Column.of(row, "budget_id", String.class),
                Column.of(row, "window_start", OffsetDateTime.class).toInstant());
    }

    private static Amount amount(Readable row, String column) {
        return new Amount(Column.of(row, column, BigDecimal.class));
    }
}
