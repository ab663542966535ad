package io.weir.analytics.summary;

import io.weir.analytics.summary.CostSummary.ByProvider;
import io.weir.analytics.summary.CostSummary.External;
import io.weir.analytics.summary.CostSummary.Span;
import io.weir.analytics.summary.CostSummary.Totals;
import io.weir.clickhouse.Row;
import io.weir.clickhouse.TenantQuery;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import reactor.core.publisher.Mono;

/// Sums over raw rows, so that a call shows as soon as it is stored: sealed hours are added up from the same rows, so
/// that an hour counts once while it is being sealed, too. Model usage is read in one statement of one table, whose
/// insertions are whole: all of its numbers are of the same calls. Sums of decimals are exact.
final class SummaryQuery {

    private static final String WHERE = """
            WHERE tenant_id = {tenant:UUID}
              AND hour >= toStartOfHour({start:DateTime64(3, 'UTC')}) AND hour < {end:DateTime64(3, 'UTC')}
              AND event_time >= {start:DateTime64(3, 'UTC')} AND event_time < {end:DateTime64(3, 'UTC')}
            """;

    // Each request counts with every attempt's cost at that attempt's provider, and once where it was served.
    private static final String BY_PROVIDER = """
            SELECT provider, sum(served) AS requests, sum(spent_) AS spent, sumIf(cost, served = 1) AS actual,
                   sumIf(baseline_cost, served = 1) AS baseline, sumIf(savings, served = 1) AS saved,
                   sumIf(latency_ms, served = 1) AS latency
            FROM usage_requests FINAL
            ARRAY JOIN arrayPushBack(if(empty(`tries.provider`), [served_provider], `tries.provider`), served_provider)
                           AS provider,
                       arrayPushBack(if(empty(`tries.provider`), [cost], `tries.cost`), toDecimal128(0, 12)) AS spent_,
                       arrayPushBack(arrayMap(x -> 0, if(empty(`tries.provider`), [cost], `tries.cost`)), 1) AS served
            """ + WHERE + "GROUP BY provider ORDER BY provider";

    private static final String EXTERNAL = """
            SELECT count() AS events, countIf(late) AS late_events, sum(amount) AS spent, sumIf(amount, late) AS late_spent
            FROM external_costs FINAL
            """ + WHERE;

    private final TenantQuery query;

    SummaryQuery(TenantQuery query) {
        this.query = query;
    }

    private record Of(ByProvider shown, BigDecimal actual, BigDecimal baseline, BigDecimal saved) {

        static Of row(Row row) {
            long requests = row.integer("requests");
            long latency = requests == 0 ? 0 : Math.round((double) row.integer("latency") / requests);
            return new Of(
                    new ByProvider(
                            row.text("provider"),
                            requests,
                            plain(row.amount("spent").value()),
                            latency),
                    row.amount("actual").value(),
                    row.amount("baseline").value(),
                    row.amount("saved").value());
        }
    }

    /// Of the tenant in scope.
    Mono<CostSummary> of(Period period) {
        Map<String, Instant> bounds = Map.of("start", period.start(), "end", period.end());
        Mono<List<Of>> usage = query.rows(BY_PROVIDER, bounds, Of::row);
        Mono<List<External>> external = query.rows(EXTERNAL, bounds, SummaryQuery::external);
        return Mono.zip(usage, external, (providers, costs) -> summary(period, providers, costs.getFirst()));
    }

    private static External external(Row row) {
        return new External(
                row.integer("events"),
                plain(row.amount("spent").value()),
                row.integer("late_events"),
                plain(row.amount("late_spent").value()));
    }

    private static CostSummary summary(Period period, List<Of> providers, External external) {
        BigDecimal actual = sum(providers, Of::actual);
        BigDecimal baseline = sum(providers, Of::baseline);
        BigDecimal saved = sum(providers, Of::saved);
        long requests =
                providers.stream().mapToLong(of -> of.shown().requests()).sum();
        return new CostSummary(
                new Span(period.start(), period.lastSecond()),
                new Totals(requests, plain(actual), plain(baseline), plain(saved), percent(saved, baseline)),
                providers.stream().map(Of::shown).toList(),
                external);
    }

    private static BigDecimal sum(List<Of> providers, Function<Of, BigDecimal> what) {
        return providers.stream().map(what).reduce(BigDecimal.ZERO, BigDecimal::add);
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
