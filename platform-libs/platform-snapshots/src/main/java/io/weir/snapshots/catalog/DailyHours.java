package io.weir.snapshots.catalog;

import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;

/// Hours of each day in which a price holds, as a clock on the wall of `zone` shows them: half-open, and past
/// midnight where `to` is not after `from`. On a day when that clock is put forward or back they are shorter or
/// longer with it.
///
/// @param from inclusive
/// @param to exclusive; never the same as `from`
public record DailyHours(LocalTime from, LocalTime to, ZoneId zone) {

    public DailyHours {
        if (from.equals(to)) {
            throw new IllegalArgumentException("hours from " + from + " to " + to + " (expected: two different times)");
        }
    }

    public boolean contain(Instant instant) {
        return contain(instant.atZone(zone).toLocalTime());
    }

    private boolean contain(LocalTime time) {
        return from.isBefore(to)
                ? !time.isBefore(from) && time.isBefore(to)
                : !time.isBefore(from) || time.isBefore(to);
    }

    /// Whether there may be an instant that both contain. Hours of different zones may always have one.
    public boolean meet(DailyHours other) {
        return !zone.equals(other.zone) || contain(other.from) || other.contain(from);
    }
}
