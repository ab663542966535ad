package io.weir.snapshots.catalog;

import com.fasterxml.jackson.annotation.JsonProperty;

/// Whether a tenant's calls are served.
public enum TenantStatus {
    @JsonProperty("active")
    ACTIVE,
    @JsonProperty("suspended")
    SUSPENDED
}
