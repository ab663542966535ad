package io.weir.r2dbc;

import io.weir.tenancy.TenantContext;
import java.time.Duration;

/// What a tenant's plan allows one transaction. Safe for use by many threads, and quick: it is asked for each.
public interface TransactionLimits {

    /// How long one statement may take; zero leaves the connection's own limit in force.
    Duration statementTimeout(TenantContext tenant);

    /// Memory of one sort or hash, in kB, before it goes to disk; zero leaves the server's own limit in force.
    default int workMemoryKb(TenantContext tenant) {
        return 0;
    }

    /// The connection's own limits.
    static TransactionLimits none() {
        return tenant -> Duration.ZERO;
    }
}
