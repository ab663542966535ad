package io.weir.gateway.limit;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/// So many requests in each hour, day or month of a tenant's time zone.
///
/// @param setting its name, for example `limits.requestsPerHour`
record Quota(String setting, long limit, Span span, ZoneId zone) {

    enum Span {
        HOUR,
        DAY,
        MONTH;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// When the count began and when it starts anew, in seconds since 1970.
    record Window(long begins, long ends) {

        boolean has(long second) {
            return begins <= second && second < ends;
        }
    }

    Window windowAt(long second) {
        ZonedDateTime then = Instant.ofEpochSecond(second).atZone(zone);
        return switch (span) {
            case HOUR -> {
                ZonedDateTime hour = then.truncatedTo(ChronoUnit.HOURS);
                yield new Window(hour.toEpochSecond(), hour.plusHours(1).toEpochSecond());
            }
            case DAY -> {
                ZonedDateTime day = then.toLocalDate().atStartOfDay(zone);
                yield new Window(
                        day.toEpochSecond(),
                        then.toLocalDate().plusDays(1).atStartOfDay(zone).toEpochSecond());
            }
            case MONTH -> {
                ZonedDateTime first = then.toLocalDate().withDayOfMonth(1).atStartOfDay(zone);
                yield new Window(
                        first.toEpochSecond(),
                        first.toLocalDate().plusMonths(1).atStartOfDay(zone).toEpochSecond());
            }
        };
    }
}
