package io.weir.analytics.summary;

import io.weir.analytics.summary.CostSummary.ByProvider;
import io.weir.analytics.summary.CostSummary.Span;
import io.weir.analytics.summary.CostSummary.Totals;
import io.weir.clickhouse.TenantQuery;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import reactor.core.publisher.Mono;

/// Sums over raw rows, so that a call shows as soon as it is stored. Sums of decimals are exact.
final class SummaryQuery {

    private static final String WHERE = """
            WHERE tenant_id = {tenant:UUID}
              AND hour >= toStartOfHour({start:DateTime64(3, 'UTC')}) AND hour < {end:DateTime64(3, 'UTC')}
              AND event_time >= {start:DateTime64(3, 'UTC')} AND event_time < {end:DateTime64(3, 'UTC')}
            """;

    private static final String BY_SERVING_PROVIDER = """
            SELECT served_provider AS provider, count() AS requests, sum(cost) AS actual, sum(baseline_cost) AS baseline,
                   sum(savings) AS saved, sum(latency_ms) AS latency
            FROM usage_requests FINAL
            """ + WHERE + "GROUP BY provider";

    private static final String COST_BY_PROVIDER =
            "SELECT provider, sum(cost) AS spent FROM usage_attempts FINAL\n" + WHERE + "GROUP BY provider";

    private final TenantQuery query;

    SummaryQuery(TenantQuery query) {
        this.query = query;
    }

    private record Served(
            String provider, long requests, BigDecimal actual, BigDecimal baseline, BigDecimal saved, long latency) {}

    private record Spent(String provider, BigDecimal cost) {}

    /// Of the tenant in scope.
    Mono<CostSummary> of(Period period) {
        Map<String, Instant> bounds = Map.of("start", period.start(), "end", period.end());
        Mono<List<Served>> served = query.rows(
                BY_SERVING_PROVIDER,
                bounds,
                row -> new Served(
                        row.text("provider"),
                        row.integer("requests"),
                        row.amount("actual").value(),
                        row.amount("baseline").value(),
                        row.amount("saved").value(),
                        row.integer("latency")));
        Mono<List<Spent>> spent = query.rows(
                COST_BY_PROVIDER,
                bounds,
                row -> new Spent(row.text("provider"), row.amount("spent").value()));
        return Mono.zip(served, spent, (requests, costs) -> summary(period, requests, costs));
    }

    private static CostSummary summary(Period period, List<Served> served, List<Spent> spent) {
        BigDecimal actual = served.stream().map(Served::actual).reduce(BigDecimal.ZERO, BigDecimal::add);
        BigDecimal baseline = served.stream().map(Served::baseline).reduce(BigDecimal.ZERO, BigDecimal::add);
        BigDecimal saved = served.stream().map(Served::saved).reduce(BigDecimal.ZERO, BigDecimal::add);
        long requests = served.stream().mapToLong(Served::requests).sum();
        return new CostSummary(
                new Span(period.start(), period.lastSecond()),
                new Totals(requests, plain(actual), plain(baseline), plain(saved), percent(saved, baseline)),
                byProvider(served, spent));
    }

    private static List<ByProvider> byProvider(List<Served> served, List<Spent> spent) {
        Map<String, BigDecimal> costs = new TreeMap<>();
        spent.forEach(one -> costs.put(one.provider(), one.cost()));
        List<ByProvider> all = new ArrayList<>();
        for (Served one : served) {
            BigDecimal cost = costs.remove(one.provider());
            all.add(new ByProvider(
                    one.provider(),
                    one.requests(),
                    plain(cost == null ? BigDecimal.ZERO : cost),
                    Math.round((double) one.latency() / one.requests())));
        }
        // Tried, and left for another provider.
        costs.forEach((provider, cost) -> all.add(new ByProvider(provider, 0, plain(cost), 0)));
        all.sort((one, other) -> one.provider().compareTo(other.provider()));
        return all;
    }

    private static BigDecimal percent(BigDecimal saved, BigDecimal baseline) {
        return baseline.signum() == 0
                ? BigDecimal.ZERO
                : plain(saved.multiply(BigDecimal.valueOf(100)).divide(baseline, 1, RoundingMode.HALF_UP));
    }

    private static BigDecimal plain(BigDecimal amount) {
        BigDecimal stripped = amount.stripTrailingZeros();
        return stripped.scale() < 0 ? stripped.setScale(0) : stripped;
    }
}
