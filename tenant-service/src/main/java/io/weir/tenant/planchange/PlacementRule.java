package io.weir.tenant.planchange;

import io.weir.tenant.directory.Tenant;
import io.weir.tenant.plan.Plan;
import reactor.core.publisher.Mono;

/// Decides whether a tenant moves because its plan has changed.
public interface PlacementRule {

    /// Told after the commit of the change, in the scope of the tenant. What it does takes its own time: the change of
    /// the plan stands, whatever becomes of it.
    Mono<Void> planChanged(Tenant tenant, Plan former, Plan next);
}
