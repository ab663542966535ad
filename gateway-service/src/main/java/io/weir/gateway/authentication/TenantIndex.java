package io.weir.gateway.authentication;

import io.weir.snapshots.SnapshotChange;
import io.weir.snapshots.SnapshotTable;
import io.weir.snapshots.catalog.TenantSnapshot;
import io.weir.tenancy.TenantId;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// Tenants by their id and by their slug.
final class TenantIndex {

    private final SnapshotTable<TenantSnapshot> tenants;
    private final Map<String, String> idBySlug = new ConcurrentHashMap<>();

    TenantIndex(SnapshotTable<TenantSnapshot> tenants) {
        this.tenants = tenants;
    }

    boolean isReady() {
        return tenants.isReady();
    }

    /// To be told of every change of a tenant. A slug never changes its tenant while that exists.
    void changed(SnapshotChange<TenantSnapshot> change) {
        TenantSnapshot now = change.value();
        if (now == null) {
            idBySlug.values().remove(change.key());
        } else {
            idBySlug.put(now.slug().value(), change.key());
        }
    }

    Optional<TenantSnapshot> find(TenantId id) {
        return tenants.find(id.toString());
    }

    /// By its slug or its id.
    Optional<TenantSnapshot> named(String slugOrId) {
        return tenants.find(idBySlug.getOrDefault(slugOrId, slugOrId));
    }
}
