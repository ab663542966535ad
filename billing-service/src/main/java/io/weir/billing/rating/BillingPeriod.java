package io.weir.billing.rating;

import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneId;

/// The span that one invoice covers: a calendar month in the tenant's time zone, half-open.
///
/// Usage comes in UTC hours. An hour belongs, whole, to the period in which it begins. Where the zone's offset is not
/// a whole number of hours, the hour that straddles midnight therefore counts to the earlier period.
///
/// @param month the month that it is named after
/// @param start inclusive
/// @param end exclusive
public record BillingPeriod(YearMonth month, ZoneId zone, Instant start, Instant end) {

    public BillingPeriod {
        if (!start.isBefore(end)) {
            throw new IllegalArgumentException("billing period: " + start + " to " + end + " (expected: start < end)");
        }
    }

    /// The whole month. Daylight saving makes some months an hour longer or shorter; none is skipped or doubled.
    public static BillingPeriod of(YearMonth month, ZoneId zone) {
        return new BillingPeriod(month, zone, startOf(month, zone), startOf(month.plusMonths(1), zone));
    }

    /// The same period, begun at another instant: where the period before it ended elsewhere than this month begins.
    public BillingPeriod startingAt(Instant other) {
        return new BillingPeriod(month, zone, other, end);
    }

    public BillingPeriod endingAt(Instant other) {
        return new BillingPeriod(month, zone, start, other);
    }

    /// Whether the hour that begins then is billed in this period.
    public boolean contains(Instant hour) {
        return !hour.isBefore(start) && hour.isBefore(end);
    }

    LocalDate dayOf(Instant hour) {
        return LocalDate.ofInstant(hour, zone);
    }

    private static Instant startOf(YearMonth month, ZoneId zone) {
        return month.atDay(1).atStartOfDay(zone).toInstant();
    }
}
