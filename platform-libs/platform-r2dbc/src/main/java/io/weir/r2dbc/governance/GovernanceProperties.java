package io.weir.r2dbc.governance;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// How a database is shared between tenants.
///
/// @param maxWaitingPerTenant callers of one tenant that may wait; further ones fail at once
/// @param maxWaiting callers of all tenants that may wait; then who has most waiting gives one up
/// @param presence how long after its last transaction a tenant counts as there, so that others leave it its room
/// @param breakerWindow transactions over which a tenant's failures are counted, once there was one
/// @param breakerFailureShare of that window, in percent, from which on the tenant is refused
/// @param breakerWait how long it is refused before probes are let through
/// @param minConnections below which the number of connections in use is never made; 0: a quarter of the pool
@ConfigurationProperties("weir.postgres.governance")
public record GovernanceProperties(
        @DefaultValue("256") int maxWaitingPerTenant,
        @DefaultValue("2048") int maxWaiting,
        @DefaultValue("5s") Duration presence,
        @DefaultValue("20") int breakerWindow,
        @DefaultValue("50") int breakerFailureShare,
        @DefaultValue("10s") Duration breakerWait,
        @DefaultValue("0") int minConnections) {

    public GovernanceProperties {
        if (maxWaitingPerTenant < 1 || maxWaiting < maxWaitingPerTenant) {
            throw new IllegalArgumentException("weir.postgres.governance: max-waiting " + maxWaiting
                    + ", max-waiting-per-tenant " + maxWaitingPerTenant + " (expected: 1 <= per tenant <= all)");
        }
        if (breakerWindow < 2 || breakerFailureShare < 1 || breakerFailureShare > 100) {
            throw new IllegalArgumentException("weir.postgres.governance: breaker-window " + breakerWindow
                    + ", breaker-failure-share " + breakerFailureShare + " (expected: at least 2, and 1 to 100)");
        }
    }

    /// All defaults.
    public static GovernanceProperties defaults() {
        return new GovernanceProperties(256, 2048, Duration.ofSeconds(5), 20, 50, Duration.ofSeconds(10), 0);
    }
}
