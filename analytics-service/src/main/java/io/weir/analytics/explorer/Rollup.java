package io.weir.analytics.explorer;

import io.weir.problem.PlatformException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/// The steps of a series, on the tenant's calendar: a day that is 23 hours long there is one step.
enum Rollup {
    NONE,
    MINUTE,
    HOUR,
    DAY,
    MONTH;

    /// Throws a 400 problem naming `rollup`.
    static Rollup of(String text) {
        return switch (text) {
            case "none" -> NONE;
            case "minute" -> MINUTE;
            case "hour" -> HOUR;
            case "day" -> DAY;
            case "month" -> MONTH;
            default ->
                throw PlatformException.invalid("rollup", "rollup must be one of none, minute, hour, day, month.");
        };
    }

    /// Where each step begins; the first one begins at or before the start. Throws a 400 problem naming `rollup` when
    /// there are more than `most`.
    List<Instant> steps(Instant start, Instant end, ZoneId zone, int most) {
        List<Instant> steps = new ArrayList<>();
        for (ZonedDateTime at = floor(start.atZone(zone)); at.toInstant().isBefore(end); at = next(at)) {
            if (steps.size() == most) {
                throw PlatformException.invalid(
                        "rollup",
                        "The span has more than " + most
                                + " steps of that length. Choose longer steps or a shorter span.");
            }
            steps.add(at.toInstant());
        }
        return steps;
    }

    private ZonedDateTime floor(ZonedDateTime time) {
        return switch (this) {
            case NONE -> time;
            case MINUTE -> time.truncatedTo(ChronoUnit.MINUTES);
            case HOUR -> time.truncatedTo(ChronoUnit.HOURS);
            case DAY -> time.toLocalDate().atStartOfDay(time.getZone());
            case MONTH -> time.toLocalDate().withDayOfMonth(1).atStartOfDay(time.getZone());
        };
    }

    private ZonedDateTime next(ZonedDateTime time) {
        return switch (this) {
            // One step holds it all.
            case NONE -> time.plusYears(200);
            case MINUTE -> time.plusMinutes(1);
            case HOUR -> time.plusHours(1);
            case DAY -> time.toLocalDate().plusDays(1).atStartOfDay(time.getZone());
            case MONTH -> time.toLocalDate().plusMonths(1).atStartOfDay(time.getZone());
        };
    }
}
