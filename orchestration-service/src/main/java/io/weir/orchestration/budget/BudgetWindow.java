package io.weir.orchestration.budget;

import io.weir.snapshots.catalog.BudgetSnapshot.Window;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.TemporalAdjusters;
import org.jspecify.annotations.Nullable;

/// The calendar span in which spending adds up, half-open.
///
/// @param end null: it never ends
/// @param key names the span by its calendar label: its first day at midnight UTC, whatever the zone. The numbers are
/// kept under it, so that a change of zone opens no second window of the same day or month
public record BudgetWindow(Instant start, @Nullable Instant end, Instant key) {

    /// The window around an instant, in the budget's zone; days of 23 and 25 hours are days.
    public static BudgetWindow around(Instant instant, Window window, ZoneId zone) {
        LocalDate day = instant.atZone(zone).toLocalDate();
        return switch (window) {
            case DAY -> between(day, day.plusDays(1), zone);
            case WEEK -> {
                LocalDate monday = day.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY));
                yield between(monday, monday.plusWeeks(1), zone);
            }
            case MONTH -> between(day.withDayOfMonth(1), day.withDayOfMonth(1).plusMonths(1), zone);
            case TOTAL -> new BudgetWindow(Instant.EPOCH, null, Instant.EPOCH);
        };
    }

    private static BudgetWindow between(LocalDate first, LocalDate next, ZoneId zone) {
        return new BudgetWindow(
                first.atStartOfDay(zone).toInstant(),
                next.atStartOfDay(zone).toInstant(),
                first.atStartOfDay(ZoneOffset.UTC).toInstant());
    }
}
