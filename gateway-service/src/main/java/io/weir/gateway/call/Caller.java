package io.weir.gateway.call;

import io.weir.snapshots.catalog.ApiKeySnapshot;
import io.weir.snapshots.catalog.TenantSnapshot;

/// Who calls: a key that was proven, and its tenant, as they stood at that moment.
public record Caller(ApiKeySnapshot key, TenantSnapshot tenant) {

    /// The tenant as log lines and records name it.
    public String tenantId() {
        return tenant.tenantId().toString();
    }
}
