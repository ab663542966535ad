package io.weir.tenant.placement;

import io.weir.problem.PlatformException;
import io.weir.r2dbc.placement.SiteConnections;
import io.weir.tenancy.Placement;
import io.weir.tenant.directory.Tenant;
import io.weir.tenant.plan.Plan;
import io.weir.tenant.planchange.PlacementRule;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/// Which placement comes with which plan: a bridge with enterprise, the pool with all others. A tenant that takes
/// enterprise leaves the pool; nobody is moved back by a smaller plan, since that is a question of the contract.
@Component
public final class PlanPlacement implements PlacementRule {

    private static final Logger LOG = LoggerFactory.getLogger(PlanPlacement.class);
    private static final String ENTERPRISE = "enterprise";

    private final TenantMoves moves;
    private final SiteConnections connections;
    private final boolean follows;

    /// @param follows whether a change to enterprise moves the tenant by itself
    PlanPlacement(
            TenantMoves moves,
            SiteConnections connections,
            @Value("${weir.placement.follows-plan:true}") boolean follows) {
        this.moves = moves;
        this.connections = connections;
        this.follows = follows;
    }

    /// Where a new tenant of the plan begins when nobody says otherwise.
    public Placement of(Plan plan) {
        return plan.key().equals(ENTERPRISE) && connections.canPlace() ? Placement.BRIDGE : Placement.POOL;
    }

    /// Whether the plan includes a place of the tenant's own.
    public boolean allows(String plan, Placement placement) {
        return placement == Placement.POOL || plan.equals(ENTERPRISE);
    }

    @Override
    public Mono<Void> planChanged(Tenant tenant, Plan former, Plan next) {
        if (!follows || tenant.placement() != Placement.POOL || of(next) == Placement.POOL) {
            return Mono.empty();
        }
        return moves.begin(tenant, of(next))
                .doOnNext(
                        move -> LOG.info("Tenant {} moves to the bridge with its new plan: move {}", tenant.id(), move))
                .onErrorResume(PlatformException.class, refused -> {
                    LOG.warn("Tenant {} stays in the pool: {}", tenant.id(), refused.getMessage());
                    return Mono.empty();
                })
                .then();
    }
}
