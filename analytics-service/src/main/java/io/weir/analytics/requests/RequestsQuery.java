package io.weir.analytics.requests;

import io.weir.analytics.call.Filters;
import io.weir.analytics.requests.RequestSummary.AttemptDetail;
import io.weir.analytics.requests.RequestSummary.CostLine;
import io.weir.analytics.requests.RequestSummary.Detail;
import io.weir.analytics.requests.RequestSummary.Page;
import io.weir.analytics.requests.RequestSummary.SavedAmount;
import io.weir.analytics.requests.RequestSummary.Try;
import io.weir.clickhouse.Row;
import io.weir.clickhouse.TenantQuery;
import io.weir.money.Amount;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import reactor.core.publisher.Mono;

/// Reads requests of the tenant in scope.
final class RequestsQuery {

    private static final String COLUMNS = """
            SELECT event_id, request_id, event_time, key_id, requested_model, served_provider, served_model, outcome,
                   stream, billable, tokens_in, tokens_out, cost, baseline_model, baseline_cost, savings, latency_ms,
                   time_to_first_token_ms, cache, route_reason, attempts,
                   tags, `tries.provider` AS try_providers, `tries.model` AS try_models,
                   arrayMap(x -> toString(x), `tries.cost`) AS try_costs, `tries.tokens_in` AS try_in,
                   `tries.tokens_out` AS try_out, `savings_lines.reason` AS reasons, arrayMap(x -> toString(x), `savings_lines.amount`) AS amounts
            FROM usage_requests FINAL
            WHERE tenant_id = {tenant:UUID}
            """;

    private static final String PAGE = COLUMNS + """
                      AND hour >= toStartOfHour({from:DateTime64(3, 'UTC')}) AND hour < {to:DateTime64(3, 'UTC')}
                      AND event_time >= {from:DateTime64(3, 'UTC')} AND event_time < {to:DateTime64(3, 'UTC')}
                      AND hour <= toStartOfHour({time:DateTime64(3, 'UTC')})
                      AND (event_time, event_id) < ({time:DateTime64(3, 'UTC')}, {event:String})
                      AND ({saved:String} = '' OR has(`savings_lines.reason`, {saved:String}))
                      %s
                    ORDER BY event_time DESC, event_id DESC LIMIT {limit:UInt32}""";

    private static final String ONE = COLUMNS + " AND request_id = {request:String} LIMIT 1";

    private static final String ATTEMPTS = """
            SELECT attempt, provider, model, providerRequestId, outcome, status, latency_ms, buckets, usage_source, cost,
                   `lines.meter` AS meters, `lines.quantity` AS quantities, `lines.rule_id` AS rules,
                   arrayMap(x -> toString(x), `lines.rate`) AS rates, arrayMap(x -> toString(x), `lines.cost`) AS costs
            FROM usage_attempts FINAL
            WHERE tenant_id = {tenant:UUID} AND request_id = {request:String} AND event_id = {event:String}
            ORDER BY attempt""";

    private final TenantQuery query;

    RequestsQuery(TenantQuery query) {
        this.query = query;
    }

    /// @param saved the reason of a savings line that it must have; empty: any or none
    record Wanted(LogSpan span, Cursor after, int limit, String saved, Filters filters) {}

    private record Found(String eventId, RequestSummary request) {}

    /// The newest first.
    Mono<Page> page(Wanted wanted) {
        Map<String, Object> parameters = new HashMap<>(wanted.filters().parameters());
        parameters.put("from", wanted.span().start());
        parameters.put("to", wanted.span().end());
        parameters.put("time", wanted.after().time());
        parameters.put("event", wanted.after().eventId());
        parameters.put("saved", wanted.saved());
        parameters.put("limit", wanted.limit() + 1);
        String sql = PAGE.formatted(wanted.filters().sql(false));
        return query.rows(sql, parameters, RequestsQuery::found).map(found -> page(found, wanted.limit()));
    }

    /// Empty when this tenant has no such request.
    Mono<Detail> find(String requestId) {
        return query.rows(ONE, Map.of("request", requestId), RequestsQuery::found)
                .flatMap(found -> found.isEmpty() ? Mono.empty() : withAttempts(found.getFirst()));
    }

    private Mono<Detail> withAttempts(Found found) {
        return query.rows(
                        ATTEMPTS,
                        Map.of("request", found.request().requestId(), "event", found.eventId()),
                        RequestsQuery::attempt)
                .map(attempts -> new Detail(found.request(), found.request().savings(), attempts));
    }

    private static Page page(List<Found> found, int limit) {
        List<Found> shown = found.size() > limit ? found.subList(0, limit) : found;
        String next = null;
        if (found.size() > limit) {
            Found last = shown.getLast();
            next = new Cursor(last.request().time(), last.eventId()).write();
        }
        return new Page(shown.stream().map(Found::request).toList(), next);
    }

    private static Found found(Row row) {
        return new Found(row.text("event_id"), request(row));
    }

    private static List<SavedAmount> savings(Row row) {
        List<String> reasons = row.texts("reasons");
        List<String> amounts = row.texts("amounts");
        return IntStream.range(0, reasons.size())
                .mapToObj(n -> new SavedAmount(reasons.get(n), Amount.of(amounts.get(n))))
                .toList();
    }

    private static List<Try> tries(Row row) {
        List<String> providers = row.texts("try_providers");
        List<String> models = row.texts("try_models");
        List<String> costs = row.texts("try_costs");
        List<String> in = row.texts("try_in");
        List<String> out = row.texts("try_out");
        return IntStream.range(0, providers.size())
                .mapToObj(n -> new Try(
                        providers.get(n),
                        models.get(n),
                        Long.parseLong(in.get(n)),
                        Long.parseLong(out.get(n)),
                        Amount.of(costs.get(n))))
                .toList();
    }

    private static RequestSummary request(Row row) {
        return new RequestSummary(
                row.text("request_id"),
                row.instant("event_time"),
                row.text("key_id"),
                row.text("requested_model"),
                row.text("served_provider"),
                row.text("served_model"),
                row.text("outcome"),
                row.flag("stream"),
                row.flag("billable"),
                row.integer("tokens_in"),
                row.integer("tokens_out"),
                row.amount("cost"),
                row.text("baseline_model"),
                row.amount("baseline_cost"),
                row.amount("savings"),
                row.integer("latency_ms"),
                row.integerOrNull("time_to_first_token_ms"),
                row.text("cache"),
                row.text("route_reason"),
                row.integer("attempts"),
                tries(row),
                savings(row),
                row.textsByKey("tags"));
    }

    private static AttemptDetail attempt(Row row) {
        List<String> meters = row.texts("meters");
        List<String> quantities = row.texts("quantities");
        List<String> rates = row.texts("rates");
        List<String> rules = row.texts("rules");
        List<String> costs = row.texts("costs");
        List<CostLine> lines = IntStream.range(0, meters.size())
                .mapToObj(n -> new CostLine(
                        meters.get(n),
                        Long.parseLong(quantities.get(n)),
                        Amount.of(rates.get(n)),
                        rules.get(n),
                        Amount.of(costs.get(n))))
                .toList();
        return new AttemptDetail(
                row.integer("attempt"),
                row.text("provider"),
                row.text("model"),
                row.textOrNull("providerRequestId"),
                row.text("outcome"),
                row.integerOrNull("status"),
                row.integer("latency_ms"),
                row.integersByKey("buckets"),
                row.text("usage_source"),
                lines,
                row.amount("cost"));
    }
}
