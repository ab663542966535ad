package io.weir.snapshots;

import io.weir.snapshots.catalog.ApiKeySnapshot;
import io.weir.snapshots.catalog.BudgetSnapshot;
import io.weir.snapshots.catalog.MemberSnapshot;
import io.weir.snapshots.catalog.PlanSnapshot;
import io.weir.snapshots.catalog.PriceBookSnapshot;
import io.weir.snapshots.catalog.ProviderKeySnapshot;
import io.weir.snapshots.catalog.SealedHour;
import io.weir.snapshots.catalog.TenantRestriction;
import io.weir.snapshots.catalog.TenantSnapshot;
import io.weir.snapshots.catalog.TrafficSplit;

/// A compacted topic, the service that alone may write to it, and the type of its records.
///
/// @param suffix the topic's name without the prefix
/// @param owner the service whose signature is accepted
public record SnapshotTopic<T>(String suffix, String owner, Class<T> type) {

    /// Keyed by tenant id.
    public static final SnapshotTopic<TenantSnapshot> TENANTS =
            new SnapshotTopic<>("tenants.v1", "tenant", TenantSnapshot.class);

    /// Keyed by the key's public id.
    public static final SnapshotTopic<ApiKeySnapshot> API_KEYS =
            new SnapshotTopic<>("api-keys.v1", "tenant", ApiKeySnapshot.class);

    /// Keyed by the member's id.
    public static final SnapshotTopic<MemberSnapshot> MEMBERS =
            new SnapshotTopic<>("members.v1", "tenant", MemberSnapshot.class);

    /// Keyed by `<tenant id>/<provider>`.
    public static final SnapshotTopic<ProviderKeySnapshot> PROVIDER_KEYS =
            new SnapshotTopic<>("provider-keys.v1", "tenant", ProviderKeySnapshot.class);

    /// Keyed by the plan's key, for example `growth`.
    public static final SnapshotTopic<PlanSnapshot> PLANS =
            new SnapshotTopic<>("plans.v1", "tenant", PlanSnapshot.class);

    /// Keyed by the book's id.
    public static final SnapshotTopic<PriceBookSnapshot> PRICE_BOOKS =
            new SnapshotTopic<>("price-books.v1", "billing", PriceBookSnapshot.class);

    /// Keyed by the budget's id.
    public static final SnapshotTopic<BudgetSnapshot> BUDGETS =
            new SnapshotTopic<>("budgets.v1", "billing", BudgetSnapshot.class);

    /// Keyed by `<tenant id>/<hour>`.
    public static final SnapshotTopic<SealedHour> SEALED_HOURS =
            new SnapshotTopic<>("sealed-hours.v1", "analytics", SealedHour.class);

    /// Keyed by tenant id.
    public static final SnapshotTopic<TenantRestriction> TENANT_RESTRICTIONS =
            new SnapshotTopic<>("tenant-restrictions.v1", "analytics", TenantRestriction.class);

    /// Keyed by the name that calls give.
    public static final SnapshotTopic<TrafficSplit> TRAFFIC_SPLITS =
            new SnapshotTopic<>("traffic-splits.v1", "model", TrafficSplit.class);
}
