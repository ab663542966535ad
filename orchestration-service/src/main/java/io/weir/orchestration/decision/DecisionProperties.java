package io.weir.orchestration.decision;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// How decisions are kept.
///
/// @param retention how long at most; a tenant's `retentionDays` may be shorter; 0: none is kept
/// @param mostPerTenant that are kept of one tenant, the newest ones
/// @param mostWaiting to be written; more are dropped, and counted
/// @param writeEvery how long they gather before they are written together
/// @param sweepEvery how often those are removed that expired, are too many, or of tenants that are erased
@ConfigurationProperties("weir.decisions")
record DecisionProperties(
        @DefaultValue("7d") Duration retention,
        @DefaultValue("100000") int mostPerTenant,
        @DefaultValue("10000") int mostWaiting,
        @DefaultValue("250ms") Duration writeEvery,
        @DefaultValue("5m") Duration sweepEvery) {

    DecisionProperties {
        if (retention.isNegative() || retention.compareTo(Duration.ofDays(3_650)) > 0) {
            throw new IllegalArgumentException("weir.decisions.retention: " + retention + " (expected: 0 to 3650d)");
        }
        positive("most-per-tenant", mostPerTenant);
        positive("most-waiting", mostWaiting);
        positive("write-every", writeEvery.toMillis());
        positive("sweep-every", sweepEvery.toMillis());
    }

    private static void positive(String name, long value) {
        if (value < 1) {
            throw new IllegalArgumentException("weir.decisions." + name + ": " + value + " (expected: 1 or more)");
        }
    }

    /// How long a tenant's are kept.
    ///
    /// @param days of the tenant's setting; null: it has none
    Duration lasting(@Nullable Integer days) {
        Duration own = days == null ? retention : Duration.ofDays(days);
        return own.compareTo(retention) < 0 ? own : retention;
    }
}
