package io.weir.analytics.summary;

import io.weir.analytics.call.TimeParameter;
import io.weir.problem.PlatformException;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.TemporalAdjusters;
import java.util.Optional;

/// A span of time, half-open.
///
/// @param end the first instant that is not in it
record Period(Instant start, Instant end) {

    /// The last second in it, as it is shown.
    Instant lastSecond() {
        return end.minusSeconds(1);
    }

    /// The calendar day, week or month of UTC around now; dates win over it. A start alone lasts until the end of
    /// today, an end alone begins with its own day, week or month. Throws a 400 problem naming the parameter.
    static Period of(Optional<String> name, Optional<String> startDate, Optional<String> endDate, Instant now) {
        Unit unit = Unit.of(name.orElse("month"));
        if (startDate.isEmpty() && endDate.isEmpty()) {
            LocalDate first = unit.first(day(now));
            return new Period(midnight(first), midnight(unit.next(first)));
        }
        Instant end = endDate.map(text -> TimeParameter.endExclusive("endDate", text))
                .orElseGet(() -> midnight(day(now).plusDays(1)));
        Instant start = startDate
                .map(text -> TimeParameter.start("startDate", text))
                .orElseGet(() -> midnight(unit.first(day(end.minusSeconds(1)))));
        if (!end.isAfter(start)) {
            throw endDate.isPresent()
                    ? PlatformException.invalid("endDate", "endDate lies before startDate. Swap them.")
                    : PlatformException.invalid("startDate", "startDate lies in the future. Choose an earlier one.");
        }
        return new Period(start, end);
    }

    private static LocalDate day(Instant time) {
        return LocalDate.ofInstant(time, ZoneOffset.UTC);
    }

    private static Instant midnight(LocalDate day) {
        return day.atStartOfDay().toInstant(ZoneOffset.UTC);
    }

    private enum Unit {
        DAY,
        WEEK,
        MONTH;

        static Unit of(String word) {
            return switch (word) {
                case "day" -> DAY;
                case "week" -> WEEK;
                case "month" -> MONTH;
                default -> throw PlatformException.invalid("period", "period must be one of day, week, month.");
            };
        }

        LocalDate first(LocalDate day) {
            return switch (this) {
                case DAY -> day;
                case WEEK -> day.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY));
                case MONTH -> day.withDayOfMonth(1);
            };
        }

        LocalDate next(LocalDate first) {
            return switch (this) {
                case DAY -> first.plusDays(1);
                case WEEK -> first.plusWeeks(1);
                case MONTH -> first.plusMonths(1);
            };
        }
    }
}
