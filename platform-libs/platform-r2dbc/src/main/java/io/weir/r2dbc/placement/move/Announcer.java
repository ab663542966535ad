package io.weir.r2dbc.placement.move;

import io.weir.tenancy.Placement;
import io.weir.tenancy.TenantId;

/// Tells the rest of the platform that a tenant is elsewhere.
@FunctionalInterface
public interface Announcer {

    /// Blocks until it will be told for sure. May be called more than once for the same move.
    void moved(TenantId tenant, Placement placement);
}
