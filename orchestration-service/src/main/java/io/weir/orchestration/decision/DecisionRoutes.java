package io.weir.orchestration.decision;

import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.security.Scope;
import io.weir.security.webflux.Access;
import io.weir.security.webflux.DeclaredRoutes;
import io.weir.security.webflux.RouteAccess;
import io.weir.snapshots.SnapshotTable;
import io.weir.snapshots.catalog.TenantSnapshot;
import io.weir.tenancy.TenantContext;
import java.time.Duration;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/// `GET /api/orchestration/decisions/{requestId}`: why a call of the caller's tenant went where it went.
final class DecisionRoutes {

    private static final String PATH = "/api/orchestration/decisions/{requestId}";
    private static final int LONGEST_ID = 128;

    private final DecisionTable table;
    private final SnapshotTable<TenantSnapshot> tenants;
    private final DecisionProperties properties;

    DecisionRoutes(DecisionTable table, SnapshotTable<TenantSnapshot> tenants, DecisionProperties properties) {
        this.table = table;
        this.tenants = tenants;
        this.properties = properties;
    }

    RouterFunction<ServerResponse> routes() {
        return DeclaredRoutes.route()
                .GET(PATH, RouteAccess.anyOf(Scope.INFERENCE), this::one)
                .build();
    }

    private Mono<ServerResponse> one(ServerRequest request) {
        TenantContext tenant = Access.passport(request).tenant();
        return find(tenant, request.pathVariable("requestId"))
                .switchIfEmpty(Mono.error(() -> new PlatformException(
                        ProblemType.NOT_FOUND,
                        "No decision is kept of this request. It may be older than decisions are kept, a moment old, of"
                                + " a call that left no choice, or not this tenant's. Its x-route-reason header has"
                                + " said why, and so does its usage.")))
                .flatMap(decision -> ServerResponse.ok()
                        .contentType(MediaType.APPLICATION_JSON)
                        .bodyValue(decision));
    }

    private Mono<String> find(TenantContext tenant, String id) {
        Integer days = tenants.find(tenant.id().toString())
                .map(known -> known.settings().retentionDays())
                .orElse(null);
        Duration lasting = properties.lasting(days);
        return id.length() > LONGEST_ID || id.indexOf(0) >= 0 || lasting.isZero()
                ? Mono.empty()
                : table.find(tenant, id, lasting);
    }
}
