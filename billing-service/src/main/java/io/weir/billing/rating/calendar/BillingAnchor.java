package io.weir.billing.rating.calendar;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;

/// What a subscription's periods are counted from. Period k begins k months after the anchor, always
/// counted from the anchor itself: from January 31 the periods begin on February 28 or 29, March 31,
/// April 30. A time that daylight saving skips moves on by as much as is skipped; of a time that comes
/// twice the first counts.
///
/// @param local date and time in the zone; kept as they are, however the zone's offset changes
public record BillingAnchor(LocalDateTime local, ZoneId zone) {

    /// The anchor of a subscription that begins then.
    public static BillingAnchor at(Instant start, ZoneId zone) {
        return new BillingAnchor(LocalDateTime.ofInstant(start, zone), zone);
    }

    /// Where period k begins and period k - 1 ends. Negative numbers are periods before the anchor.
    public Instant start(long k) {
        return local.plusMonths(k).atZone(zone).toInstant();
    }

    /// Period k, half-open.
    public Cycle cycle(long k) {
        return new Cycle(k, zone, start(k), start(k + 1));
    }

    /// The period that the instant lies in.
    public Cycle containing(Instant instant) {
        long k = ChronoUnit.MONTHS.between(local, LocalDateTime.ofInstant(instant, zone));
        // Months that are clamped to their end, and hours that are skipped, put the estimate beside the
        // truth.
        while (instant.isBefore(start(k))) {
            k--;
        }
        while (!instant.isBefore(start(k + 1))) {
            k++;
        }
        return cycle(k);
    }

    /// One period.
    ///
    /// @param number counted from the anchor, which begins number 0
    /// @param start inclusive
    /// @param end exclusive
    public record Cycle(long number, ZoneId zone, Instant start, Instant end) {

        public Cycle {
            if (!start.isBefore(end)) {
                throw new IllegalArgumentException("cycle: " + start + " to " + end + " (expected: start < end)");
            }
        }

        public boolean contains(Instant instant) {
            return !instant.isBefore(start) && instant.isBefore(end);
        }

        /// Days of the whole period: those between the dates on which it begins and ends. Daylight
        /// saving makes none of them longer or shorter.
        public long days() {
            return ChronoUnit.DAYS.between(date(start), date(end));
        }

        /// The part of the period from one instant to another, in days: a day on which something
        /// changes counts to what comes after. Throws [IllegalArgumentException] when the instants are
        /// not in order, or outside.
        public Proration between(Instant from, Instant to) {
            if (from.isAfter(to) || from.isBefore(start) || to.isAfter(end)) {
                throw new IllegalArgumentException(
                        "part: " + from + " to " + to + " (expected: in order, within " + start + " to " + end + ")");
            }
            return new Proration(ChronoUnit.DAYS.between(date(from), date(to)), days());
        }

        private LocalDate date(Instant instant) {
            return LocalDate.ofInstant(instant, zone);
        }
    }
}
