package io.weir.analytics.call;

import io.weir.money.Amount;
import io.weir.snapshots.SnapshotTable;
import io.weir.snapshots.catalog.TenantSnapshot;
import io.weir.tenancy.TenantId;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/// What a tenant's numbers are cut by.
///
/// @param zone of its calendar days and months; UTC while nothing is known of the tenant
/// @param cap on what it may spend in a month; null: none
public record TenantTerms(ZoneId zone, @Nullable Amount cap) {

    /// As the tenant's last snapshot says.
    public static TenantTerms of(TenantId tenant, SnapshotTable<TenantSnapshot> tenants) {
        return tenants.find(tenant.toString())
                .map(snapshot -> new TenantTerms(ZoneId.of(snapshot.timeZone()), snapshot.maxMonthlySpend()))
                .orElseGet(() -> new TenantTerms(ZoneOffset.UTC, null));
    }
}
