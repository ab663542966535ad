package io.weir.analytics.requests;

import io.weir.analytics.call.Caller;
import io.weir.analytics.call.Filters;
import io.weir.analytics.call.KnownParameters;
import io.weir.analytics.call.TenantTerms;
import io.weir.analytics.requests.RequestsQuery.Wanted;
import io.weir.clickhouse.TenantQuery;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.security.Scope;
import io.weir.security.webflux.DeclaredRoutes;
import io.weir.security.webflux.RouteAccess;
import io.weir.snapshots.SnapshotTable;
import io.weir.snapshots.catalog.TenantSnapshot;
import io.weir.tenancy.TenantContext;
import io.weir.tenancy.TenantScope;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/// `GET /api/analytics/requests` and `GET /api/analytics/requests/{id}`.
public final class RequestsRoute {

    private static final RouteAccess READERS = RouteAccess.anyOf(Scope.ANALYTICS);
    private static final Set<String> PARAMETERS = Stream.concat(
                    Filters.PARAMETERS.stream(), Stream.of("from", "to", "cursor", "limit", "saved", "tenantId"))
            .collect(Collectors.toUnmodifiableSet());
    private static final int LONGEST_REASON = 64;
    private static final int DEFAULT_LIMIT = 50;
    private static final int MOST = 200;

    private final RequestsQuery query;
    private final SnapshotTable<TenantSnapshot> tenants;
    private final InstantSource clock;

    public RequestsRoute(TenantQuery query, SnapshotTable<TenantSnapshot> tenants, InstantSource clock) {
        this.query = new RequestsQuery(query);
        this.tenants = tenants;
        this.clock = clock;
    }

    public RouterFunction<ServerResponse> route() {
        return DeclaredRoutes.route()
                .GET("/api/analytics/requests", READERS, this::page)
                .GET("/api/analytics/requests/{id}", READERS, this::one)
                .build();
    }

    private Mono<ServerResponse> page(ServerRequest request) {
        TenantContext tenant = Caller.tenant(request);
        KnownParameters.check(request, PARAMETERS);
        LogSpan span = LogSpan.of(
                request.queryParam("from"),
                request.queryParam("to"),
                TenantTerms.of(tenant.id(), tenants).zone(),
                clock.instant());
        Cursor after = request.queryParam("cursor").map(Cursor::read).orElse(Cursor.START);
        int limit = request.queryParam("limit").map(RequestsRoute::limit).orElse(DEFAULT_LIMIT);
        String saved = request.queryParam("saved").orElse("");
        if (saved.length() > LONGEST_REASON) {
            throw PlatformException.invalid("saved", "saved must be the reason of a savings line, such as routing.");
        }
        Filters filters = Filters.of(name -> request.queryParams().getOrDefault(name, List.of()));
        return query.page(new Wanted(span, after, limit, saved, filters))
                .contextWrite(TenantScope.entering(tenant))
                .flatMap(page -> ServerResponse.ok().bodyValue(page));
    }

    private Mono<ServerResponse> one(ServerRequest request) {
        TenantContext tenant = Caller.tenant(request);
        return query.find(request.pathVariable("id"))
                .contextWrite(TenantScope.entering(tenant))
                .switchIfEmpty(Mono.error(() -> new PlatformException(
                        ProblemType.NOT_FOUND,
                        "There is no settled request with this id. It shows a few seconds after its answer.")))
                .flatMap(found -> ServerResponse.ok().bodyValue(found));
    }

    private static int limit(String text) {
        try {
            int limit = Integer.parseInt(text);
            if (limit >= 1 && limit <= MOST) {
                return limit;
            }
        } catch (NumberFormatException malformed) {
            // Answered below.
        }
        throw PlatformException.invalid("limit", "limit must be a whole number from 1 to " + MOST + ".");
    }
}
