package io.weir.r2dbc;

import io.r2dbc.pool.ConnectionPool;
import java.time.Duration;
import java.util.Optional;

/// A copy of the service's own database that may be behind. Safe for use by many threads, and quick.
@FunctionalInterface
public interface ReadReplica {

    /// Connections of the app role to it, while it has proven to be no further behind than that; else empty.
    Optional<ConnectionPool> within(Duration lag);

    /// There is none.
    static ReadReplica none() {
        return lag -> Optional.empty();
    }
}
