package io.weir.orchestration.storedresponse;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/// How responses are kept.
///
/// @param retention how long at most; a tenant's `retentionDays` may be shorter
/// @param largest response that is kept, with all that its model was told
/// @param sweepEvery how often those are removed that expired, and those of tenants that are erased
@ConfigurationProperties("weir.responses")
record StoredResponsesProperties(
        @DefaultValue("30d") Duration retention,
        @DefaultValue("8MB") DataSize largest,
        @DefaultValue("5m") Duration sweepEvery) {

    StoredResponsesProperties {
        if (retention.isNegative() || retention.compareTo(Duration.ofDays(3_650)) > 0) {
            throw new IllegalArgumentException("weir.responses.retention: " + retention + " (expected: 0 to 3650d)");
        }
        if (largest.toBytes() < 0 || largest.toBytes() > 64 * 1024 * 1024) {
            throw new IllegalArgumentException("weir.responses.largest: " + largest + " (expected: 0 to 64MB)");
        }
        if (sweepEvery.compareTo(Duration.ofMillis(10)) < 0) {
            throw new IllegalArgumentException(
                    "weir.responses.sweep-every: " + sweepEvery + " (expected: 10ms or more)");
        }
    }
}
