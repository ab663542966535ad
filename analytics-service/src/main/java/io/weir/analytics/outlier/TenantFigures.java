package io.weir.analytics.outlier;

import io.weir.clickhouse.Row;
import io.weir.clickhouse.TenantQuery;
import io.weir.money.Amount;
import io.weir.tenancy.ExecutionScope.ForPlatform;
import io.weir.tenancy.TenantId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import reactor.core.publisher.Mono;

/// What ClickHouse knows about tenants that stand out; each answer has [#MOST] tenants at most, the worst first.
final class TenantFigures {

    static final int MOST = 50;

    /// Calls in [#recent] from which on a p95 means something.
    static final int LEAST_CALLS = 20;

    private static final ForPlatform SCOPE = new ForPlatform("which tenants stand out, as metrics");
    private static final Duration QUOTA_DAYS = Duration.ofDays(7);

    // What the edge took for a call less what its attempts at providers took. A row that is stored twice for a moment
    // raises no alarm by itself, so nothing is read with FINAL.
    private static final String RECENT = """
        SELECT toString(edge.tenant_id) AS of, countIf(status >= 500) AS failed, countIf(status < 400) AS answered,
               if(answered = 0, 0, toInt64(round(quantileExactIf(0.95)(
                   greatest(0, edge.latency_ms - ifNull(upstream.took, 0)), status < 400)))) AS added
        FROM
        (
            SELECT tenant_id, request_id, status, latency_ms FROM access_records
            WHERE hour >= toStartOfHour({from:DateTime64(3, 'UTC')}) AND event_time >= {from:DateTime64(3, 'UTC')}
              AND route_class = 'inference' AND tenant_id != toUUID('00000000-0000-0000-0000-000000000000')
        ) AS edge
        LEFT JOIN
        (
            SELECT tenant_id, request_id, sum(latency_ms) AS took FROM usage_attempts
            WHERE hour >= toStartOfHour({from:DateTime64(3, 'UTC')}) - INTERVAL 1 HOUR
            GROUP BY tenant_id, request_id
        ) AS upstream
        ON edge.tenant_id = upstream.tenant_id AND edge.request_id = upstream.request_id
        GROUP BY edge.tenant_id\
        """;
    private static final String QUOTAS = """
        SELECT toString(tenant_id) AS of, uniqExact(hour) AS hits FROM access_records
        WHERE hour >= toStartOfHour({from:DateTime64(3, 'UTC')}) AND reason = 'insufficient_quota'
        GROUP BY tenant_id ORDER BY hits DESC, of LIMIT {most:Int64}\
        """;
    private static final String SPEND = """
        SELECT toString(tenant_id) AS of,
               sumIf(cost, event_time >= {day:DateTime64(3, 'UTC')}) AS day_cost,
               sumIf(cost, event_time < {day:DateTime64(3, 'UTC')} AND event_time >= {week:DateTime64(3, 'UTC')})
                   AS week_cost,
               sumIf(cost, event_time >= {month:DateTime64(3, 'UTC')}) AS month_cost,
               countIf(billable AND event_time >= {month:DateTime64(3, 'UTC')}) AS month_calls
        FROM usage_requests
        WHERE hour >= toStartOfHour({from:DateTime64(3, 'UTC')})
        GROUP BY tenant_id ORDER BY month_cost DESC, of LIMIT {most:Int64}\
        """;

    private final TenantQuery query;

    TenantFigures(TenantQuery query) {
        this.query = query;
    }

    /// @param failed answers 5xx
    /// @param answered answers below 400
    /// @param addedMillis p95 of what the platform added to the answered ones
    record Recent(TenantId tenant, long failed, long answered, long addedMillis) {}

    /// @param day what the last 24 hours cost, in US dollars
    /// @param week what the seven days before these cost
    /// @param month what the calendar month (UTC) has cost so far
    /// @param monthCalls billable ones in it
    record Spend(TenantId tenant, Amount day, Amount week, Amount month, long monthCalls) {}

    /// @param hours in which the tenant met the end of a quota
    record QuotaHits(TenantId tenant, long hours) {}

    /// Of all tenants that called since then.
    Mono<List<Recent>> recent(Instant from) {
        return query.acrossTenants(
                SCOPE,
                RECENT,
                Map.of("from", from),
                row -> new Recent(tenant(row), row.integer("failed"), row.integer("answered"), row.integer("added")));
    }

    Mono<List<QuotaHits>> quotas(Instant now) {
        return query.acrossTenants(
                SCOPE,
                QUOTAS,
                Map.of("from", now.minus(QUOTA_DAYS), "most", MOST),
                row -> new QuotaHits(tenant(row), row.integer("hits")));
    }

    /// Of those that cost most in the month.
    Mono<List<Spend>> spend(Instant now, Instant month) {
        Instant day = now.minus(Duration.ofDays(1));
        Instant week = day.minus(QUOTA_DAYS);
        Map<String, Object> parameters = Map.of(
                "day", day, "week", week, "month", month, "from", week.isBefore(month) ? week : month, "most", MOST);
        return query.acrossTenants(
                SCOPE,
                SPEND,
                parameters,
                row -> new Spend(
                        tenant(row),
                        row.amount("day_cost"),
                        row.amount("week_cost"),
                        row.amount("month_cost"),
                        row.integer("month_calls")));
    }

    private static TenantId tenant(Row row) {
        return new TenantId(row.uuid("of"));
    }
}
