package io.weir.analytics.sealing;

import io.weir.tenancy.TenantId;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/// One hour, UTC, of one tenant.
///
/// @param hour its start
record TenantHour(TenantId tenant, Instant hour) {

    private static final Duration LENGTH = Duration.ofHours(1);

    static TenantHour of(TenantId tenant, Instant time) {
        return new TenantHour(tenant, time.truncatedTo(ChronoUnit.HOURS));
    }

    Instant end() {
        return hour.plus(LENGTH);
    }
}
