package io.weir.billing.pricebook;

import io.weir.money.Meter;
import io.weir.snapshots.catalog.DailyHours;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/// A rule's id names what it prices and since when; it stays the same from version to version.
final class RuleIds {

    private static final String STANDARD = "standard";

    private RuleIds() {}

    static String of(
            String provider,
            String model,
            Meter meter,
            String tier,
            long contextOver,
            @Nullable DailyHours hours,
            Instant from) {
        StringBuilder id = new StringBuilder(provider + "/" + model + "/" + meter.wireName());
        if (!tier.equals(STANDARD)) {
            id.append('/').append(tier);
        }
        if (contextOver > 0) {
            id.append("/over-").append(contextOver);
        }
        if (hours != null) {
            id.append('/').append(hours.from()).append('-').append(hours.to());
        }
        return id.append('@').append(day(from)).toString();
    }

    /// The same rule's, since another instant.
    static String since(String id, Instant from) {
        int at = id.lastIndexOf('@');
        return (at < 0 ? id : id.substring(0, at)) + "@" + day(from);
    }

    // A day where the instant begins one.
    private static String day(Instant from) {
        boolean midnight = from.equals(from.truncatedTo(ChronoUnit.DAYS));
        return String.valueOf(midnight ? from.atOffset(ZoneOffset.UTC).toLocalDate() : from);
    }
}
