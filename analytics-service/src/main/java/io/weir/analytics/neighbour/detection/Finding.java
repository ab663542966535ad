package io.weir.analytics.neighbour.detection;

import io.weir.tenancy.TenantId;
import java.util.List;

/// A tenant that takes others' share, in one window.
///
/// @param shareOverFairShare how many times its fair share it took
/// @param victims those that suffer meanwhile, by their id; at least one
public record Finding(TenantId tenant, SharedResource resource, double shareOverFairShare, List<Victim> victims) {

    public Finding {
        victims = List.copyOf(victims);
    }

    /// A tenant at or below its fair share whose calls are answered late, or refused.
    ///
    /// @param late its answered calls took longer than is usual for it
    public record Victim(Use use, boolean late, boolean refused) {

        public TenantId tenant() {
            return use.tenant();
        }
    }
}
