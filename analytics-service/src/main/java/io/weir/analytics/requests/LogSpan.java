package io.weir.analytics.requests;

import io.weir.analytics.call.TimeParameter;
import io.weir.problem.PlatformException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;

/// What part of the log is asked for; dates are days of the tenant's calendar, as in all else that is asked of usage.
///
/// @param end exclusive
record LogSpan(Instant start, Instant end) {

    static final int DEFAULT_DAYS = 31;
    static final Duration LONGEST = Duration.ofDays(400);

    /// Until now, and of the [#DEFAULT_DAYS] days before its end, where nothing is said. Throws a 400 problem naming
    /// the parameter at fault.
    static LogSpan of(Optional<String> from, Optional<String> to, ZoneId zone, Instant now) {
        Instant end =
                to.map(text -> TimeParameter.endExclusive("to", text, zone)).orElseGet(() -> now.plusSeconds(1));
        Instant start = from.map(text -> TimeParameter.start("from", text, zone))
                .orElseGet(() -> end.atZone(zone).minusDays(DEFAULT_DAYS).toInstant());
        if (!end.isAfter(start)) {
            throw PlatformException.invalid("to", "to lies before from. Swap them.");
        }
        if (Duration.between(start, end).compareTo(LONGEST) > 0) {
            throw PlatformException.invalid("from", "The span may be " + LONGEST.toDays() + " days long at most.");
        }
        return new LogSpan(start, end);
    }
}
