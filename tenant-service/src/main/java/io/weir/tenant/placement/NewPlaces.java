package io.weir.tenant.placement;

import io.weir.r2dbc.placement.Location;
import io.weir.r2dbc.placement.Placements;
import io.weir.tenancy.TenantId;
import io.weir.tenant.directory.Tenant;
import java.util.function.Function;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/// Makes the place of a tenant before the tenant, so that after a crash there is a place without a tenant, which is
/// found and removed, and never the reverse.
@Component
public final class NewPlaces {

    private final Placements placements;

    NewPlaces(Placements placements) {
        this.placements = placements;
    }

    /// Runs the work that makes the tenant, once its place is ready. Where that fails, the place is removed.
    public <T> Mono<T> with(Tenant tenant, Function<Location, Mono<T>> work) {
        return Mono.usingWhen(
                Mono.fromCallable(() -> placements.reserve(tenant.id(), tenant.placement(), tenant.schemaName()))
                        .subscribeOn(Schedulers.boundedElastic()),
                work,
                place -> Mono.empty(),
                (place, failed) -> release(tenant.id(), place),
                place -> release(tenant.id(), place));
    }

    private Mono<Void> release(TenantId tenant, Location place) {
        return Mono.<Void>fromRunnable(() -> placements.release(tenant, place))
                .subscribeOn(Schedulers.boundedElastic());
    }
}
