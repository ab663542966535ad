package io.weir.analytics.call;

import java.time.Instant;
import java.util.List;

/// Steps of a calendar in a statement. The calendar is ours: the server only looks up between which of our steps a
/// time lies, so that its own time zone rules need not be the same.
public final class CalendarSteps {

    /// The start of the step in which a row lies, in seconds since 1970. Needs the parameter `steps`.
    public static final String SQL =
            "roundDown(toInt64(toUnixTimestamp(event_time)), arrayMap(x -> toInt64(x), {steps:Array(String)}))";

    private CalendarSteps() {}

    /// The parameter `steps`.
    ///
    /// @param starts of the steps, in order
    public static List<String> parameter(List<Instant> starts) {
        return starts.stream()
                .map(start -> Long.toString(start.getEpochSecond()))
                .toList();
    }
}
