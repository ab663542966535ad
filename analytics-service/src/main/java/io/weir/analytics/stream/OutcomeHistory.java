package io.weir.analytics.stream;

import io.weir.analytics.metering.Outcome;
import io.weir.analytics.metering.Outcome.Kind;
import io.weir.analytics.metering.Outcome.Request;
import io.weir.analytics.stream.Frame.Delta;
import io.weir.clickhouse.Row;
import io.weir.clickhouse.TenantQuery;
import io.weir.tenancy.ExecutionScope.ForPlatform;
import io.weir.tenancy.TenantContext;
import io.weir.tenancy.TenantId;
import io.weir.tenancy.TenantScope;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import reactor.core.publisher.Mono;

/// A tenant's numbered outcomes in ClickHouse. All fail with `ClickHouseException` without an answer.
final class OutcomeHistory {

    // Read from the end of the primary key: as quick after ten million requests as after ten.
    private static final String LAST = "SELECT seq FROM usage_outcomes WHERE tenant_id = {tenant:UUID} AND"
            + Horizon.BEFORE + " ORDER BY tenant_id DESC, seq DESC LIMIT 1";

    private static final String MONTHS = """
            SELECT toYYYYMM(event_time) AS month, countIf(kind = 'settled') AS requests, sum(cost) AS spent,
                   sum(savings) AS saved
            FROM usage_outcomes FINAL
            WHERE tenant_id = {tenant:UUID} AND hour >= {month:DateTime64(3, 'UTC')} AND""" + Horizon.BEFORE + " GROUP BY month";

    private static final String BETWEEN =
            " FROM usage_outcomes FINAL WHERE tenant_id = {tenant:UUID} AND seq >= {from:Int64} AND seq <= {to:Int64}";

    private static final String ROWS = """
            SELECT seq, counted, kind, request_id, event_time, provider, model, route_reason, tokens_in, tokens_out, cost, savings""" + BETWEEN + " ORDER BY seq";

    private static final String SUM =
            "SELECT countIf(kind = 'settled') AS requests, sum(cost) AS spent, sum(savings) AS saved" + BETWEEN
                    + " AND counted";

    private static final String SHAPE =
            "SELECT countIf(NOT counted) AS late, toInt64(min(toYYYYMM(event_time))) AS month" + BETWEEN;

    private static final ForPlatform COMPARING =
            new ForPlatform("totals of watched tenants are compared with the ledger");

    private static final String SUMS = """
            SELECT tenant_id, max(seq) AS last, countIf(kind = 'settled') AS requests, sum(cost) AS spent,
                   sum(savings) AS saved
            FROM usage_outcomes FINAL
            WHERE tenant_id IN {tenants:Array(UUID)} AND hour >= {month:DateTime64(3, 'UTC')}
                AND hour < {next:DateTime64(3, 'UTC')} AND""" + Horizon.BEFORE + " GROUP BY tenant_id";

    private final TenantQuery query;

    OutcomeHistory(TenantQuery query) {
        this.query = query;
    }

    /// Whether adding up is not enough: something was settled late, or belongs to an earlier month.
    record Shape(boolean late, int month) {}

    private record MonthTotals(YearMonth month, Totals totals) {}

    /// The state before the horizon.
    Mono<Base> before(TenantContext tenant, Horizon horizon, YearMonth current) {
        Map<String, Object> parameters = new HashMap<>(horizon.parameters());
        Mono<Long> last = query.rows(LAST, parameters, row -> row.integer("seq"))
                .map(rows -> rows.isEmpty() ? 0L : rows.getFirst());
        Map<String, Object> since = new HashMap<>(parameters);
        since.put("month", current.atDay(1).atStartOfDay().toInstant(ZoneOffset.UTC));
        Mono<List<MonthTotals>> months =
                query.rows(MONTHS, since, row -> new MonthTotals(month((int) row.integer("month")), totals(row)));
        return Mono.zip(last, months, (seq, found) -> {
                    Map<YearMonth, Totals> byMonth = new HashMap<>();
                    found.forEach(one -> byMonth.put(one.month(), one.totals()));
                    return new Base(horizon, seq, byMonth);
                })
                .contextWrite(TenantScope.entering(tenant));
    }

    /// What a month's rows before a horizon come to.
    ///
    /// @param seq the highest number among them
    record Sum(long seq, Totals totals) {

        static final Sum NONE = new Sum(0, Totals.NONE);
    }

    private record TenantSum(TenantId tenant, Sum sum) {}

    /// Of each tenant that has rows there.
    Mono<Map<TenantId, Sum>> sums(List<TenantId> tenants, Horizon horizon, YearMonth month) {
        Map<String, Object> parameters = new HashMap<>(horizon.parameters());
        parameters.put("tenants", tenants.stream().map(TenantId::toString).toList());
        parameters.put("month", month.atDay(1).atStartOfDay().toInstant(ZoneOffset.UTC));
        parameters.put("next", month.plusMonths(1).atDay(1).atStartOfDay().toInstant(ZoneOffset.UTC));
        return query.acrossTenants(
                        COMPARING,
                        SUMS,
                        parameters,
                        row -> new TenantSum(
                                new TenantId(row.uuid("tenant_id")), new Sum(row.integer("last"), totals(row))))
                .map(rows -> {
                    Map<TenantId, Sum> byTenant = new HashMap<>();
                    rows.forEach(row -> byTenant.put(row.tenant(), row.sum()));
                    return byTenant;
                });
    }

    /// Numbers one by one, and whether adding them up is enough.
    record Each(List<Delta> deltas, Shape shape) {}

    private record Counted(boolean counted, Delta delta, YearMonth month) {}

    /// Each number after `from` up to `to`, and the shape from `from` on.
    Mono<Each> each(TenantContext tenant, long from, long to) {
        return query.rows(
                        ROWS,
                        Map.of("from", from, "to", to),
                        row -> new Counted(
                                row.flag("counted"), delta(tenant.id(), row), month(row.instant("event_time"))))
                .map(rows -> new Each(
                        rows.stream()
                                .filter(row -> row.counted() && row.delta().seq() > from)
                                .map(Counted::delta)
                                .toList(),
                        new Shape(
                                rows.stream().anyMatch(row -> !row.counted()),
                                rows.stream()
                                        .map(Counted::month)
                                        .min(Comparator.naturalOrder())
                                        .map(first -> first.getYear() * 100 + first.getMonthValue())
                                        .orElse(0))))
                .contextWrite(TenantScope.entering(tenant));
    }

    /// All of them as one.
    Mono<Delta> sum(TenantContext tenant, long from, long to) {
        return query.rows(SUM, Map.of("from", from, "to", to), OutcomeHistory::totals)
                .map(rows -> new Delta(from, to, rows.getFirst(), null, 0))
                .contextWrite(TenantScope.entering(tenant));
    }

    Mono<Shape> shape(TenantContext tenant, long from, long to) {
        return query.rows(
                        SHAPE,
                        Map.of("from", from, "to", to),
                        row -> new Shape(row.integer("late") > 0, (int) row.integer("month")))
                .map(List::getFirst)
                .contextWrite(TenantScope.entering(tenant));
    }

    static YearMonth month(Instant time) {
        return YearMonth.from(time.atOffset(ZoneOffset.UTC));
    }

    /// @param digits for example 202611
    static YearMonth month(int digits) {
        return YearMonth.of(digits / 100, digits % 100);
    }

    private static Totals totals(Row row) {
        return new Totals(row.integer("requests"), row.amount("spent"), row.amount("saved"));
    }

    private static Delta delta(TenantId tenant, Row row) {
        Outcome outcome = new Outcome(
                new Request(tenant, row.text("request_id")),
                Kind.valueOf(row.text("kind").toUpperCase(Locale.ROOT)),
                row.instant("event_time"),
                row.text("provider"),
                row.text("model"),
                row.text("route_reason"),
                row.integer("tokens_in"),
                row.integer("tokens_out"),
                row.amount("cost"),
                row.amount("savings"));
        return Delta.of(row.integer("seq"), outcome, 0);
    }
}
