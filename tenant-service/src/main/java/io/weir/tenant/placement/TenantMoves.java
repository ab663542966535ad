package io.weir.tenant.placement;

import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.r2dbc.placement.Placements;
import io.weir.r2dbc.placement.move.Move;
import io.weir.r2dbc.placement.move.Moves;
import io.weir.tenancy.Placement;
import io.weir.tenancy.TenantId;
import io.weir.tenant.directory.Tenant;
import io.weir.tenant.directory.TenantState;
import io.weir.tenant.trail.Trail;
import java.util.List;
import java.util.UUID;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/// Begins moves of tenants and tells how far they are.
@Component
public final class TenantMoves {

    private final Moves moves;
    private final BridgeCapacity capacity;
    private final Trail trail;

    TenantMoves(Moves moves, BridgeCapacity capacity, Trail trail) {
        this.moves = moves;
        this.capacity = capacity;
        this.trail = trail;
    }

    /// Accepts a move and answers with its id. Fails with a 409 where the tenant is there already, is being moved or
    /// leaves, and with a 503 naming the cap where every bridge is full.
    public Mono<UUID> begin(Tenant tenant, Placement target) {
        if (tenant.state() != TenantState.ACTIVE && tenant.state() != TenantState.SUSPENDED) {
            return Mono.error(new PlatformException(
                    ProblemType.CONFLICT, "The tenant is " + tenant.state().word() + " and is not moved any more."));
        }
        Mono<UUID> begun = Mono.fromCallable(() -> moves.begin(tenant.id(), target, tenant.schemaName()))
                .subscribeOn(Schedulers.boundedElastic());
        return trail.recordFirst(
                        tenant.id(),
                        Trail.Change.of("placement.ordered", "tenant:" + tenant.id())
                                .because(target.wireName()))
                .then(begun);
    }

    /// Empty where the tenant has no move of that id.
    public Mono<Move> find(TenantId tenant, UUID id) {
        return Mono.fromCallable(() -> moves.find(tenant, id))
                .subscribeOn(Schedulers.boundedElastic())
                .flatMap(Mono::justOrEmpty);
    }

    /// How full the databases of tenants' schemas are.
    Mono<List<Placements.Capacity>> capacity() {
        return Mono.fromCallable(capacity::now).subscribeOn(Schedulers.boundedElastic());
    }
}
