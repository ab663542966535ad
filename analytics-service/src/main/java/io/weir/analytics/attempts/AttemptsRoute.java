package io.weir.analytics.attempts;

import io.weir.analytics.call.TimeParameter;
import io.weir.clickhouse.TenantQuery;
import io.weir.problem.PlatformException;
import io.weir.security.webflux.DeclaredRoutes;
import io.weir.security.webflux.RouteAccess;
import io.weir.tenancy.TenantId;
import java.time.Instant;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/// `GET /api/analytics/attempts`: what billing prices again. For platform admins, and services in their name.
public final class AttemptsRoute {

    private static final int DEFAULT_LIMIT = 1_000;
    private static final int MOST = 5_000;

    private final AttemptsQuery query;

    public AttemptsRoute(TenantQuery query) {
        this.query = new AttemptsQuery(query);
    }

    public RouterFunction<ServerResponse> route() {
        return DeclaredRoutes.route()
                .GET("/api/analytics/attempts", RouteAccess.platform(), this::page)
                .build();
    }

    private Mono<ServerResponse> page(ServerRequest request) {
        Instant from = time(request, "from");
        Instant to = time(request, "to");
        if (!to.isAfter(from)) {
            throw PlatformException.invalid("to", "to does not lie after from. Swap them.");
        }
        String only = request.queryParam("tenantId").map(AttemptsRoute::tenant).orElse(null);
        Place after = request.queryParam("cursor").map(Place::read).orElse(Place.START);
        int limit = request.queryParam("limit").map(AttemptsRoute::limit).orElse(DEFAULT_LIMIT);
        return query.page(from, to, only, after, limit)
                .flatMap(page -> ServerResponse.ok().bodyValue(page));
    }

    /// The end is exclusive here: periods are half-open.
    private static Instant time(ServerRequest request, String name) {
        String text = request.queryParam(name)
                .orElseThrow(() -> PlatformException.invalid(
                        name, name + " is missing. Send an instant such as 2026-11-01T00:00:00Z."));
        return TimeParameter.start(name, text);
    }

    private static String tenant(String text) {
        try {
            return TenantId.of(text).toString();
        } catch (IllegalArgumentException noId) {
            throw PlatformException.invalid("tenantId", "tenantId must be a tenant's UUID.");
        }
    }

    private static int limit(String text) {
        if (text.matches("[0-9]{1,4}")) {
            int limit = Integer.parseInt(text);
            if (limit >= 1 && limit <= MOST) {
                return limit;
            }
        }
        throw PlatformException.invalid("limit", "limit must be a whole number from 1 to " + MOST + ".");
    }
}
