package io.weir.billing.budget;

import io.weir.money.Amount;
import io.weir.snapshots.SnapshotChange;
import io.weir.snapshots.catalog.TenantSnapshot;
import io.weir.tenancy.TenantId;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a tenant's snapshot says about its monthly spending.
///
/// @param limit in US dollars; null: no cap, or no tenant any more
/// @param tenantVersion of the snapshot; a lower one never replaces a higher one
/// @param present false: there is no such tenant any more
record TenantCap(TenantId tenantId, @Nullable Amount limit, String timeZone, long tenantVersion, boolean present) {

    private static final String ANY_ZONE = "UTC";

    /// The last word on each tenant. The reserved tenant has no budget.
    static Collection<TenantCap> latestOf(List<SnapshotChange<TenantSnapshot>> changes) {
        Map<TenantId, TenantCap> latest = new LinkedHashMap<>();
        for (SnapshotChange<TenantSnapshot> change : changes) {
            TenantCap cap = of(change);
            if (!cap.tenantId.equals(TenantId.PLATFORM)) {
                latest.merge(cap.tenantId, cap, TenantCap::later);
            }
        }
        return latest.values();
    }

    private static TenantCap of(SnapshotChange<TenantSnapshot> change) {
        TenantSnapshot tenant = change.value();
        return tenant == null
                ? new TenantCap(TenantId.of(change.key()), null, ANY_ZONE, change.version(), false)
                : new TenantCap(tenant.tenantId(), tenant.maxMonthlySpend(), tenant.timeZone(), change.version(), true);
    }

    private static TenantCap later(TenantCap one, TenantCap other) {
        return one.tenantVersion > other.tenantVersion ? one : other;
    }
}
