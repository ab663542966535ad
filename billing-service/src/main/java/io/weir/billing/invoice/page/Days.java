package io.weir.billing.invoice.page;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/// Instants as days and times of the tenant's zone.
record Days(ZoneId zone) {

    private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("d MMMM uuuu", Locale.ENGLISH);
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("d MMMM uuuu, HH:mm", Locale.ENGLISH);

    /// A half-open span: `1 to 30 November 2026`, with times where it does not begin or end at midnight.
    String span(Instant start, Instant end) {
        String first = beginning(start.atZone(zone));
        String last = ending(end.atZone(zone));
        int day = first.indexOf(' ');
        boolean sameMonth = last.endsWith(first.substring(day));
        return (sameMonth ? first.substring(0, day) : first) + " to " + last;
    }

    String moment(Instant at) {
        return TIME.format(at.atZone(zone));
    }

    private static String beginning(ZonedDateTime start) {
        return isMidnight(start) ? DAY.format(start) : TIME.format(start);
    }

    // A day is named by its last moment: what ends at midnight ends with the day before.
    private static String ending(ZonedDateTime end) {
        LocalDate last = end.toLocalDate().minusDays(1);
        return isMidnight(end) ? DAY.format(last) : TIME.format(end);
    }

    private static boolean isMidnight(ZonedDateTime at) {
        return at.toLocalTime().equals(LocalTime.MIDNIGHT);
    }
}
