package io.weir.analytics.neighbour;

import io.weir.analytics.neighbour.detection.SharedResource;
import io.weir.analytics.neighbour.detection.Use;
import io.weir.analytics.neighbour.detection.Use.Latest;
import io.weir.analytics.neighbour.detection.Use.Usual;
import io.weir.clickhouse.Row;
import io.weir.clickhouse.TenantQuery;
import io.weir.tenancy.ExecutionScope.ForPlatform;
import io.weir.tenancy.TenantId;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import reactor.core.publisher.Mono;

/// What tenants used of what they share, by when it happened: an event that is stored late, or again, is in the window
/// of its own time, which is over.
final class Windows {

    private static final ForPlatform SCOPE = new ForPlatform("whether one tenant's load slows others");

    // Calls at a model, with the platform's key; those that the provider had no room for; calls at the edge, and what
    // these cost. A row that is stored twice for a moment moves no decision, so nothing is read with FINAL.
    private static final String USE = """
            SELECT toString(tenant_id) AS of, provider, model, %s
            FROM
            (
                SELECT tenant_id, toString(served_provider) AS provider, toString(served_model) AS model, event_time,
                       ifNull(time_to_first_token_ms, latency_ms) AS waited, toInt64(billable) AS answered,
                       toInt64(0) AS turned_away, tokens_in + tokens_out + 1 AS units, cost
                FROM usage_requests
                WHERE hour >= toStartOfHour({from:DateTime64(3, 'UTC')})
                  AND event_time >= {from:DateTime64(3, 'UTC')} AND event_time < {to:DateTime64(3, 'UTC')}
                  AND served_provider != '' AND cache IN ('', 'none') AND NOT own_key
                UNION ALL
                SELECT released.tenant_id, held.provider, held.model, released.event_time,
                       toInt64(0), toInt64(0), toInt64(1), toInt64(0), toDecimal128(0, 12)
                FROM
                (
                    SELECT tenant_id, request_id, event_time FROM usage_holds
                    WHERE hour >= toStartOfHour({from:DateTime64(3, 'UTC')}) AND kind = 'released'
                      AND reason = 'provider_rate_limited'
                      AND event_time >= {from:DateTime64(3, 'UTC')} AND event_time < {to:DateTime64(3, 'UTC')}
                ) AS released
                INNER JOIN
                (
                    SELECT tenant_id, request_id, toString(any(provider)) AS provider, toString(any(model)) AS model
                    FROM usage_holds
                    WHERE hour >= toStartOfHour({from:DateTime64(3, 'UTC')}) - INTERVAL 1 HOUR AND kind = 'held'
                      AND request_id IN
                      (
                          SELECT request_id FROM usage_holds
                          WHERE hour >= toStartOfHour({from:DateTime64(3, 'UTC')}) AND kind = 'released'
                            AND reason = 'provider_rate_limited'
                            AND event_time >= {from:DateTime64(3, 'UTC')} AND event_time < {to:DateTime64(3, 'UTC')}
                      )
                    GROUP BY tenant_id, request_id
                ) AS held
                ON released.tenant_id = held.tenant_id AND released.request_id = held.request_id
                UNION ALL
                SELECT tenant_id, '', '', event_time, latency_ms, toInt64(status < 400), toInt64(status IN (503, 504)),
                       toInt64(status NOT IN (401, 403, 429)), toDecimal128(0, 12)
                FROM access_records
                WHERE hour >= toStartOfHour({from:DateTime64(3, 'UTC')})
                  AND event_time >= {from:DateTime64(3, 'UTC')} AND event_time < {to:DateTime64(3, 'UTC')}
                  AND route_class = 'inference' AND tenant_id != toUUID('00000000-0000-0000-0000-000000000000')
                UNION ALL
                SELECT tenant_id, '', '', event_time, toInt64(0), toInt64(0), toInt64(0), toInt64(0), cost
                FROM usage_requests
                WHERE hour >= toStartOfHour({from:DateTime64(3, 'UTC')})
                  AND event_time >= {from:DateTime64(3, 'UTC')} AND event_time < {to:DateTime64(3, 'UTC')}
            )
            GROUP BY tenant_id, provider, model""";
    private static final String NOW = USE.formatted("""
            sum(units) AS all_units, sum(answered) AS all_answered, sum(turned_away) AS all_refused,
            if(all_answered = 0, 0, toInt64(round(quantileExactIf(0.95)(waited, answered = 1)))) AS p95,
            sumIf(answered, event_time >= {latest:DateTime64(3, 'UTC')}) AS latest_answered,
            sumIf(turned_away, event_time >= {latest:DateTime64(3, 'UTC')}) AS latest_refused,
            sumIf(cost, event_time >= {latest:DateTime64(3, 'UTC')}) AS latest_cost""");
    private static final String BEFORE = USE.formatted("""
            sum(units) AS all_units, sum(answered) AS all_answered, sum(turned_away) AS all_refused,
            if(all_answered = 0, 0, toInt64(round(quantileDDIf(0.01, 0.95)(waited, answered = 1)))) AS p95,
            sum(cost) AS all_cost, toInt64(dateDiff('millisecond', min(event_time), {to:DateTime64(3, 'UTC')})) AS span""");

    private final TenantQuery query;

    Windows(TenantQuery query) {
        this.query = query;
    }

    /// Of whom something is usual.
    record Place(TenantId tenant, SharedResource resource) {}

    /// @param weights of tenants
    Mono<List<Use>> window(
            Instant from, Instant to, Instant latest, Map<Place, Usual> usual, ToDoubleFunction<TenantId> weights) {
        return query.acrossTenants(SCOPE, NOW, Map.of("from", from, "to", to, "latest", latest), row -> {
            Place place = place(row);
            return new Use(
                    place.resource(),
                    place.tenant(),
                    weights.applyAsDouble(place.tenant()),
                    row.integer("all_units"),
                    row.integer("all_answered"),
                    row.integer("all_refused"),
                    row.integer("p95"),
                    usual.get(place),
                    new Latest(
                            row.integer("latest_answered"), row.integer("latest_refused"), row.amount("latest_cost")));
        });
    }

    /// @param window for which averages hold
    Mono<Map<Place, Usual>> usual(Instant from, Instant to, Duration window) {
        return query.acrossTenants(
                        SCOPE,
                        BEFORE,
                        Map.of("from", from, "to", to),
                        row -> Map.entry(
                                place(row),
                                new Usual(
                                        row.integer("all_answered"),
                                        row.integer("all_refused"),
                                        row.integer("p95"),
                                        perWindow(row, window),
                                        row.amount("all_cost"))))
                .map(rows -> {
                    Map<Place, Usual> all = new HashMap<>();
                    rows.forEach(row -> all.put(row.getKey(), row.getValue()));
                    return all;
                });
    }

    private static double perWindow(Row row, Duration window) {
        double windows = Math.max(1, row.integer("span") / (double) window.toMillis());
        return row.integer("all_units") / windows;
    }

    private static Place place(Row row) {
        return new Place(new TenantId(row.uuid("of")), new SharedResource(row.text("provider"), row.text("model")));
    }
}
