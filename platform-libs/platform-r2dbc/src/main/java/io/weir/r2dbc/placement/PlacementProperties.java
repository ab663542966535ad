package io.weir.r2dbc.placement;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// How tenants are placed and moved.
///
/// @param bridgeCap how many tenants' schemas one database takes
/// @param bridgeDatabases how many databases there may be for them, the service's own included; at 80% of the last
///     one's cap the next is made
/// @param siloConnections of this process to a database of one tenant
/// @param bridgeConnections of this process to a further database of tenants' schemas
/// @param unusedPool after how long without use the connections to such a database are closed
/// @param recheck how old may be what a process knows of a tenant that is not at home; well below `drain`
/// @param moves how many moves one process drives at a time
/// @param fence how long a move may hold up a tenant's writers; below the 5 s for which writers wait
/// @param fences how often a fence that took too long is tried again
/// @param drain how long the former place serves those who began there, at least
@ConfigurationProperties("weir.placement")
public record PlacementProperties(
        @DefaultValue("500") int bridgeCap,
        @DefaultValue("8") int bridgeDatabases,
        @DefaultValue("4") int siloConnections,
        @DefaultValue("10") int bridgeConnections,
        @DefaultValue("10m") Duration unusedPool,
        @DefaultValue("2s") Duration recheck,
        @DefaultValue("2") int moves,
        @DefaultValue("4s") Duration fence,
        @DefaultValue("10") int fences,
        @DefaultValue("10s") Duration drain) {

    public PlacementProperties {
        if (bridgeCap < 1 || bridgeDatabases < 1 || moves < 1 || fences < 1) {
            throw new IllegalArgumentException("weir.placement: bridge-cap " + bridgeCap + ", bridge-databases "
                    + bridgeDatabases + ", moves " + moves + ", fences " + fences + " (expected: at least 1 each)");
        }
    }

    /// From how many schemas on the next database is opened.
    int watermark(int cap) {
        return Math.max(1, cap * 8 / 10);
    }
}
