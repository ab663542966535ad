package io.weir.analytics.health;

import io.weir.clickhouse.Row;
import io.weir.clickhouse.TenantQuery;
import io.weir.money.Amount;
import io.weir.tenancy.ExecutionScope.ForPlatform;
import io.weir.tenancy.TenantContext;
import io.weir.tenancy.TenantId;
import io.weir.tenancy.TenantScope;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import reactor.core.publisher.Mono;

/// What ClickHouse knows of tenants' calls and spending. A row that is stored twice for a moment changes no score, so
/// nothing is read with FINAL.
final class HealthFigures {

    private static final ForPlatform SCOPE = new ForPlatform("how well tenants are served");

    // What the edge took for a call less what its attempts at providers took.
    private static final String CALLS = """
        SELECT %1$s countIf(status != 499) AS calls, countIf(status >= 500) AS failed, countIf(status < 400) AS answered,
               countIf(reason = 'insufficient_quota') AS over_quota,
               if(answered = 0, 0, toInt64(round(quantileExactIf(0.95)(
                   greatest(0, edge.latency_ms - ifNull(upstream.took, 0)), status < 400)))) AS added
        FROM
        (
            SELECT tenant_id, request_id, status, reason, latency_ms FROM access_records
            WHERE %2$s hour >= toStartOfHour({from:DateTime64(3, 'UTC')}) AND event_time >= {from:DateTime64(3, 'UTC')}
              AND route_class = 'inference' AND tenant_id != toUUID('00000000-0000-0000-0000-000000000000')
        ) AS edge
        LEFT JOIN
        (
            SELECT tenant_id, request_id, sum(latency_ms) AS took FROM usage_attempts
            WHERE %2$s hour >= toStartOfHour({from:DateTime64(3, 'UTC')}) - INTERVAL 1 HOUR
            GROUP BY tenant_id, request_id
        ) AS upstream
        ON edge.tenant_id = upstream.tenant_id AND edge.request_id = upstream.request_id %3$s\
        """;
    private static final String SPENT = """
        SELECT %1$s sum(cost) AS spent FROM usage_requests
        WHERE %2$s hour >= toStartOfHour({month:DateTime64(3, 'UTC')}) AND event_time >= {month:DateTime64(3, 'UTC')} %3$s\
        """;

    private static final String OWN = "tenant_id = {tenant:UUID} AND";

    private final TenantQuery query;

    HealthFigures(TenantQuery query) {
        this.query = query;
    }

    /// Of a tenant's calls.
    ///
    /// @param overQuota refused as a quota was used up
    record Calls(TenantId tenant, long calls, long failed, long answered, long addedMillis, long overQuota) {}

    Mono<Calls> calls(TenantContext tenant, Instant from) {
        return query.rows(CALLS.formatted("", OWN, ""), Map.of("from", from), row -> calls(tenant.id(), row))
                .map(List::getFirst)
                .contextWrite(TenantScope.entering(tenant));
    }

    /// What the tenant spent since then.
    Mono<Amount> spent(TenantContext tenant, Instant month) {
        return query.rows(SPENT.formatted("", OWN, ""), Map.of("month", month), row -> row.amount("spent"))
                .map(List::getFirst)
                .contextWrite(TenantScope.entering(tenant));
    }

    /// Of all tenants that called since then.
    Mono<List<Calls>> calls(Instant from) {
        String sql = CALLS.formatted("toString(edge.tenant_id) AS of,", "", "GROUP BY edge.tenant_id");
        return query.acrossTenants(SCOPE, sql, Map.of("from", from), row -> calls(new TenantId(row.uuid("of")), row));
    }

    /// What each tenant spent since then.
    Mono<Map<TenantId, Amount>> spent(Instant month) {
        String sql = SPENT.formatted("toString(tenant_id) AS of,", "", "GROUP BY tenant_id");
        return query.acrossTenants(
                        SCOPE,
                        sql,
                        Map.of("month", month),
                        row -> Map.entry(new TenantId(row.uuid("of")), row.amount("spent")))
                .map(rows -> {
                    Map<TenantId, Amount> spent = new HashMap<>();
                    rows.forEach(row -> spent.put(row.getKey(), row.getValue()));
                    return spent;
                });
    }

    private static Calls calls(TenantId tenant, Row row) {
        return new Calls(
                tenant,
                row.integer("calls"),
                row.integer("failed"),
                row.integer("answered"),
                row.integer("added"),
                row.integer("over_quota"));
    }
}
