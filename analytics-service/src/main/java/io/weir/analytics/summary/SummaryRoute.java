package io.weir.analytics.summary;

import io.weir.analytics.call.Caller;
import io.weir.clickhouse.TenantQuery;
import io.weir.security.Scope;
import io.weir.security.webflux.DeclaredRoutes;
import io.weir.security.webflux.RouteAccess;
import io.weir.tenancy.TenantContext;
import io.weir.tenancy.TenantScope;
import java.time.InstantSource;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/// `GET /api/analytics/cost-summary`.
public final class SummaryRoute {

    private final SummaryQuery query;
    private final InstantSource clock;

    public SummaryRoute(TenantQuery query, InstantSource clock) {
        this.query = new SummaryQuery(query);
        this.clock = clock;
    }

    public RouterFunction<ServerResponse> route() {
        return DeclaredRoutes.route()
                .GET("/api/analytics/cost-summary", RouteAccess.anyOf(Scope.ANALYTICS), this::summary)
                .build();
    }

    private Mono<ServerResponse> summary(ServerRequest request) {
        TenantContext tenant = Caller.tenant(request);
        Period period = Period.of(
                request.queryParam("period"),
                request.queryParam("startDate"),
                request.queryParam("endDate"),
                clock.instant());
        return query.of(period)
                .contextWrite(TenantScope.entering(tenant))
                .flatMap(summary -> ServerResponse.ok().bodyValue(summary));
    }
}
