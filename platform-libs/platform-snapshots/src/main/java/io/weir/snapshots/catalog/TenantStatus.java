package io.weir.snapshots.catalog;

import com.fasterxml.jackson.annotation.JsonProperty;

/// Whether a tenant's calls are served: only those of an active one are.
public enum TenantStatus {
    @JsonProperty("active")
    ACTIVE,
    @JsonProperty("suspended")
    SUSPENDED,
    /// Leaves the platform: refused like a suspended one, and erased at a date that is known.
    @JsonProperty("offboarding")
    OFFBOARDING
}
