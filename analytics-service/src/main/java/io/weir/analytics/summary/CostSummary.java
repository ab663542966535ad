package io.weir.analytics.summary;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;

/// The answer of `GET /api/analytics/cost-summary`. Amounts are US dollars, exact, as JSON numbers.
///
/// @param external what was reported at `POST /api/events`; in none of the other numbers
record CostSummary(Span period, Totals summary, List<ByProvider> byProvider, External external) {

    /// @param end the last second
    record Span(Instant start, Instant end) {}

    record Totals(
            long totalRequests,
            BigDecimal actualCostUsd,
            BigDecimal baselineCostUsd,
            BigDecimal savingsUsd,
            BigDecimal savingsPercent) {}

    /// @param lateEvents those that came after their window
    /// @param lateCostUsd part of costUsd
    record External(long events, BigDecimal costUsd, long lateEvents, BigDecimal lateCostUsd) {}

    /// @param requests those that this provider answered in the end
    /// @param costUsd of every attempt at this provider
    record ByProvider(String provider, long requests, BigDecimal costUsd, long avgLatencyMs) {}
}
