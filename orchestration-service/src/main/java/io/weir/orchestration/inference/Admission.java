package io.weir.orchestration.inference;

import io.micrometer.tracing.TraceContext;
import io.weir.orchestration.budget.Payer;
import io.weir.orchestration.budget.Tags;
import io.weir.orchestration.route.Plan;
import io.weir.orchestration.route.Router;
import io.weir.orchestration.surface.Surface;
import io.weir.orchestration.surface.SurfaceRequest;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.security.Passport;
import io.weir.snapshots.SnapshotTable;
import io.weir.snapshots.catalog.ApiKeySnapshot;
import io.weir.snapshots.catalog.KeySettings;
import io.weir.snapshots.catalog.TenantSnapshot;
import io.weir.snapshots.catalog.TenantStatus;
import io.weir.tenancy.TenantId;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/// Decides what a request is and whether it can run, before anything is held: validates, and finds its routes.
public final class Admission {

    private final SnapshotTable<TenantSnapshot> tenants;
    private final SnapshotTable<ApiKeySnapshot> keys;
    private final Router router;

    Admission(SnapshotTable<TenantSnapshot> tenants, SnapshotTable<ApiKeySnapshot> keys, Router router) {
        this.tenants = tenants;
        this.keys = keys;
        this.router = router;
    }

    /// How a request came in.
    ///
    /// @param tolerant whether it may be answered without what its provider cannot do
    /// @param at by [System#nanoTime]
    /// @param trace null: not sampled
    record Arrival(
            String requestId,
            Passport passport,
            Tags tags,
            boolean tolerant,
            long at,
            @Nullable TraceContext trace) {}

    /// The caller's tenant as the control plane last described it, with the settings that the caller's key has in place
    /// of its own. Throws a 403 when it is not served, a 503 when not known yet.
    public TenantSnapshot tenant(Passport passport) {
        TenantId id = passport.tenant().id();
        TenantSnapshot tenant = tenant(id);
        KeySettings own = keys.find(passport.keyId())
                .filter(key -> key.tenantId().equals(id))
                .map(ApiKeySnapshot::settings)
                .orElse(null);
        return own == null ? tenant : tenant.with(own.over(tenant.settings()));
    }

    private TenantSnapshot tenant(TenantId id) {
        TenantSnapshot tenant = tenants.find(id.toString())
                .orElseThrow(() -> new PlatformException(
                        ProblemType.SERVICE_UNAVAILABLE, "This tenant is not known here yet. Try again in a moment."));
        if (tenant.status() != TenantStatus.ACTIVE) {
            throw new PlatformException(
                    ProblemType.TENANT_SUSPENDED, "This tenant is suspended. Ask your administrator.");
        }
        return tenant;
    }

    /// Fails with a 4xx [PlatformException] that says what to change.
    Mono<Call> admit(Arrival arrival, Surface surface, byte[] body) {
        return Mono.deferContextual(context -> {
            TenantSnapshot tenant = tenant(arrival.passport());
            return LargeBodies.read(body, () -> surface.read(body))
                    .flatMap(asked -> planned(arrival, tenant, asked)
                            .map(plan -> new Call(
                                    arrival.requestId(),
                                    Payer.of(tenant, arrival.passport(), arrival.tags()),
                                    asked,
                                    body.length,
                                    plan,
                                    arrival.at(),
                                    arrival.trace(),
                                    context)));
        });
    }

    private Mono<Plan> planned(Arrival arrival, TenantSnapshot tenant, SurfaceRequest asked) {
        return Mono.defer(() -> router.plan(asked.chat(), tenant, arrival.tolerant(), arrival.requestId()))
                .onErrorMap(PlatformException.class, asked::inOwnWords);
    }
}
