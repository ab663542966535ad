package io.weir.analytics.call;

import io.weir.problem.PlatformException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;

/// A date or an instant in a query parameter; dates are days of UTC unless a zone is named.
public final class TimeParameter {

    private static final Instant EARLIEST = Instant.parse("2000-01-01T00:00:00Z");
    private static final Instant LATEST = Instant.parse("2100-01-01T00:00:00Z");

    private TimeParameter() {}

    /// The first instant meant. Throws a 400 problem naming the parameter.
    public static Instant start(String name, String text) {
        return start(name, text, ZoneOffset.UTC);
    }

    /// As [#start(String, String)], dates being days of a zone.
    public static Instant start(String name, String text, ZoneId zone) {
        return checked(name, isDate(text) ? date(name, text).atStartOfDay(zone).toInstant() : instant(name, text));
    }

    /// The first instant no longer meant: an end is inclusive, to its day or its second.
    public static Instant endExclusive(String name, String text) {
        return endExclusive(name, text, ZoneOffset.UTC);
    }

    /// As [#endExclusive(String, String)], dates being days of a zone.
    public static Instant endExclusive(String name, String text, ZoneId zone) {
        return checked(
                name,
                isDate(text)
                        ? date(name, text).plusDays(1).atStartOfDay(zone).toInstant()
                        : checked(name, instant(name, text))
                                .truncatedTo(ChronoUnit.SECONDS)
                                .plusSeconds(1));
    }

    private static boolean isDate(String text) {
        return text.length() == "2026-11-22".length();
    }

    private static LocalDate date(String name, String text) {
        try {
            return LocalDate.parse(text);
        } catch (DateTimeException malformed) {
            throw refused(name);
        }
    }

    private static Instant instant(String name, String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeException malformed) {
            throw refused(name);
        }
    }

    private static Instant checked(String name, Instant time) {
        if (time.isBefore(EARLIEST) || time.isAfter(LATEST)) {
            throw refused(name);
        }
        return time;
    }

    private static PlatformException refused(String name) {
        return PlatformException.invalid(
                name, name + " must be a date such as 2026-11-22 or an instant such as 2026-11-22T10:00:00Z.");
    }
}
