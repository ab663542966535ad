package io.weir.analytics.explorer;

import io.weir.analytics.call.Caller;
import io.weir.analytics.call.KnownParameters;
import io.weir.analytics.call.TenantTerms;
import io.weir.clickhouse.TenantQuery;
import io.weir.security.Scope;
import io.weir.security.webflux.DeclaredRoutes;
import io.weir.security.webflux.RouteAccess;
import io.weir.snapshots.SnapshotTable;
import io.weir.snapshots.catalog.TenantSnapshot;
import io.weir.tenancy.TenantContext;
import io.weir.tenancy.TenantScope;
import java.time.InstantSource;
import java.time.ZoneId;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/// `GET /api/analytics/explore`.
public final class ExplorerRoute {

    private final ExplorerQuery query;
    private final SnapshotTable<TenantSnapshot> tenants;
    private final InstantSource clock;

    public ExplorerRoute(TenantQuery query, SnapshotTable<TenantSnapshot> tenants, InstantSource clock) {
        this.query = new ExplorerQuery(query);
        this.tenants = tenants;
        this.clock = clock;
    }

    public RouterFunction<ServerResponse> route() {
        return DeclaredRoutes.route()
                .GET("/api/analytics/explore", RouteAccess.anyOf(Scope.ANALYTICS), this::explore)
                .build();
    }

    private Mono<ServerResponse> explore(ServerRequest request) {
        TenantContext tenant = Caller.tenant(request);
        KnownParameters.check(request, ExplorerQuestion.PARAMETERS);
        ZoneId zone = TenantTerms.of(tenant.id(), tenants).zone();
        ExplorerQuestion question = ExplorerQuestion.of(request.queryParams(), zone, clock.instant());
        return query.of(question)
                .contextWrite(TenantScope.entering(tenant))
                .flatMap(answer -> ServerResponse.ok().bodyValue(answer));
    }
}
