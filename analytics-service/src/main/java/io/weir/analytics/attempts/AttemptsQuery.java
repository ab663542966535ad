package io.weir.analytics.attempts;

import io.weir.analytics.attempts.PricedAttempt.Line;
import io.weir.analytics.attempts.PricedAttempt.Page;
import io.weir.analytics.attempts.PricedAttempt.Unpriced;
import io.weir.clickhouse.Row;
import io.weir.clickhouse.TenantQuery;
import io.weir.money.Amount;
import io.weir.tenancy.ExecutionScope.ForPlatform;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/// Reads attempts of all tenants, or of one, in the order in which they are stored, so that each page goes on
/// where the one before ended, whatever was added meanwhile.
final class AttemptsQuery {

    private static final ForPlatform SCOPE = new ForPlatform("usage of all tenants is priced again");

    // Without what used nothing and costs nothing.
    private static final String PAGE = """
            SELECT tenant_id, toString(hour) AS hour_text, event_id, event_source, event_time, request_id, attempt,
                   provider, model, service_tier, priced_at, unpriced_reason, unpriced_meters, buckets, price_book_id,
                   `lines.meter` AS meters, `lines.quantity` AS quantities, `lines.rule_id` AS rules,
                   arrayMap(x -> toString(x), `lines.rate`) AS rates, arrayMap(x -> toString(x), `lines.cost`) AS costs,
                   cost, ceiling_breach
            FROM usage_attempts FINAL
            WHERE hour >= {from:DateTime64(3, 'UTC')} AND hour < {to:DateTime64(3, 'UTC')}
              AND ({only:String} = '' OR tenant_id = toUUIDOrZero({only:String}))
              AND (notEmpty(buckets) OR cost != 0 OR unpriced_reason != '')
              AND (tenant_id, hour, event_id, event_source, attempt)
                  > (toUUID({of:String}), toDateTime({hour:String}, 'UTC'), {event:String}, {source:String}, {attempt:Int32})
            ORDER BY tenant_id, hour, event_id, event_source, attempt
            LIMIT {limit:UInt32}""";

    private final TenantQuery query;

    AttemptsQuery(TenantQuery query) {
        this.query = query;
    }

    private record Found(PricedAttempt attempt, Place place) {}

    /// @param only a tenant's id; null: all
    Mono<Page> page(Instant from, Instant to, @Nullable String only, Place after, int limit) {
        Map<String, Object> parameters = new HashMap<>();
        parameters.put("from", from);
        parameters.put("to", to);
        parameters.put("only", only == null ? "" : only);
        parameters.put("of", after.tenant());
        parameters.put("hour", after.hour());
        parameters.put("event", after.event());
        parameters.put("source", after.source());
        parameters.put("attempt", after.attempt());
        parameters.put("limit", limit + 1);
        return query.acrossTenants(SCOPE, PAGE, parameters, AttemptsQuery::found)
                .map(found -> page(found, limit));
    }

    private static Page page(List<Found> found, int limit) {
        List<Found> shown = found.size() > limit ? found.subList(0, limit) : found;
        String next = found.size() > limit ? shown.getLast().place().write() : null;
        return new Page(shown.stream().map(Found::attempt).toList(), next);
    }

    private static Found found(Row row) {
        String hour = row.text("hour_text");
        String tier = row.text("service_tier");
        String reason = row.text("unpriced_reason");
        Amount breach = row.amount("ceiling_breach");
        PricedAttempt attempt = new PricedAttempt(
                row.uuid("tenant_id"),
                Instant.parse(hour.replace(' ', 'T') + "Z"),
                row.instant("event_time"),
                row.text("request_id"),
                row.integer("attempt"),
                row.text("provider"),
                row.text("model"),
                tier.isEmpty() ? null : tier,
                row.textOrNull("priced_at") == null ? null : row.instant("priced_at"),
                reason.isEmpty() ? null : new Unpriced(reason, row.integersByKey("unpriced_meters")),
                row.integersByKey("buckets"),
                row.textOrNull("price_book_id"),
                lines(row),
                row.amount("cost"),
                breach.isZero() ? null : breach);
        Place place = new Place(
                attempt.tenantId().toString(),
                hour,
                row.text("event_id"),
                row.text("event_source"),
                row.integer("attempt"));
        return new Found(attempt, place);
    }

    private static List<Line> lines(Row row) {
        List<String> meters = row.texts("meters");
        List<String> quantities = row.texts("quantities");
        List<String> rates = row.texts("rates");
        List<String> rules = row.texts("rules");
        List<String> costs = row.texts("costs");
        return IntStream.range(0, meters.size())
                .mapToObj(n -> new Line(
                        meters.get(n),
                        Long.parseLong(quantities.get(n)),
                        Amount.of(rates.get(n)),
                        rules.get(n),
                        Amount.of(costs.get(n))))
                .toList();
    }
}
