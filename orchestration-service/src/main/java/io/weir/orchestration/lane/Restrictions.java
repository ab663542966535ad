package io.weir.orchestration.lane;

import io.weir.snapshots.SnapshotChange;
import io.weir.snapshots.SnapshotTable;
import io.weir.snapshots.catalog.TenantRestriction;
import io.weir.snapshots.catalog.TenantRestriction.Step;
import io.weir.tenancy.TenantId;

/// Follows what noisy-neighbour control decides.
final class Restrictions {

    private final TenantShares shares;

    /// Begins at once.
    static void follow(SnapshotTable<TenantRestriction> decided, TenantShares shares) {
        decided.onChange(new Restrictions(shares)::changed);
    }

    private Restrictions(TenantShares shares) {
        this.shares = shares;
    }

    private void changed(SnapshotChange<TenantRestriction> change) {
        TenantRestriction now = change.value();
        if (now == null || now.step() == Step.NONE) {
            shares.pardon(TenantId.of(change.key()));
        } else {
            shares.restrict(now.tenantId(), now.weight(), now.maxConcurrency(), now.until());
        }
    }
}
