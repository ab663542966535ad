package io.weir.r2dbc.governance;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// A streaming replica of the service's own database, for reads that tolerate lag.
///
/// @param host null: there is none
/// @param port of the replica
/// @param maxLag from which on nobody is sent there, whatever a read tolerates
@ConfigurationProperties("weir.postgres.replica")
public record ReplicaProperties(
        @Nullable String host,
        @DefaultValue("5432") int port,
        @DefaultValue("30s") Duration maxLag) {}
