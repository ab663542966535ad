package io.weir.analytics.explorer;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The answer of `GET /api/analytics/explore`. Values are exact decimal strings.
///
/// @param unit `usd`, `tokens`, `requests` or `milliseconds`
/// @param groups the largest first
/// @param other what the groups leave over; null where nothing is
/// @param points of the total; null without a rollup
@JsonInclude(JsonInclude.Include.NON_NULL)
record ExplorerAnswer(
        String metric,
        String unit,
        String groupBy,
        String rollup,
        String timeZone,
        Span period,
        String total,
        List<Group> groups,
        @Nullable Rest other,
        @Nullable List<Point> points) {

    /// @param end exclusive
    record Span(Instant start, Instant end) {}

    /// @param name empty: what has none, such as calls without the tag
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Group(String name, String value, @Nullable List<Point> points) {}

    /// @param groups how many are in it
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Rest(long groups, String value, @Nullable List<Point> points) {}

    /// @param time where the step begins on the tenant's calendar
    record Point(Instant time, String value) {}
}
