package io.weir.gateway.limit;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// So many requests in each hour, day or month of a tenant's time zone.
///
/// @param setting its name, for example `limits.requestsPerHour`
/// @param source whose it is, as in [Ceilings]
/// @param overage price of each further request in US dollars; null: further ones are refused
record Quota(
        String setting,
        long limit,
        Span span,
        ZoneId zone,
        String source,
        @Nullable String overage) {

    private static final long HOUR = 3_600;

    /// A tenant's own, beyond which requests are refused.
    Quota(String setting, long limit, Span span, ZoneId zone) {
        this(setting, limit, span, zone, Ceilings.TENANT, null);
    }

    /// Its name below `limits`.
    String name() {
        return setting.substring(setting.indexOf('.') + 1);
    }

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

    // As clocks on the wall show it. Where they are turned an hour begins or ends with that: not all of them turn by a
    // whole hour.
    private Window hourAt(long second) {
        Instant then = Instant.ofEpochSecond(second);
        ZoneRules rules = zone.getRules();
        long offset = rules.getOffset(then).getTotalSeconds();
        long begins = Math.floorDiv(second + offset, HOUR) * HOUR - offset;
        ZoneOffsetTransition before = rules.previousTransition(then.plusSeconds(1));
        ZoneOffsetTransition after = rules.nextTransition(then);
        return new Window(
                before == null ? begins : Math.max(begins, before.toEpochSecond()),
                after == null ? begins + HOUR : Math.min(begins + HOUR, after.toEpochSecond()));
    }

    Window windowAt(long second) {
        ZonedDateTime then = Instant.ofEpochSecond(second).atZone(zone);
        return switch (span) {
            case HOUR -> hourAt(second);
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
