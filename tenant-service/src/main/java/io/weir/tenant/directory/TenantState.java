package io.weir.tenant.directory;

import io.weir.snapshots.catalog.TenantStatus;
import java.util.Locale;

/// Where a tenant is in its life.
public enum TenantState {
    ACTIVE(TenantStatus.ACTIVE),
    SUSPENDED(TenantStatus.SUSPENDED),
    /// Leaves, and may come back until it is erased.
    OFFBOARDING(TenantStatus.OFFBOARDING),
    /// No way back.
    ERASING(TenantStatus.OFFBOARDING),
    /// Only its id and its slug are left.
    ERASED(TenantStatus.OFFBOARDING);

    private final TenantStatus told;

    TenantState(TenantStatus told) {
        this.told = told;
    }

    /// What the data plane is told while it is told anything.
    TenantStatus told() {
        return told;
    }

    /// Whether its data is erased, or is about to be.
    public boolean isGone() {
        return this == ERASING || this == ERASED;
    }

    /// The word in the database and on the wire.
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
