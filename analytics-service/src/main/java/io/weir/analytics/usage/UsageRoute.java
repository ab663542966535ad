package io.weir.analytics.usage;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.weir.analytics.call.Caller;
import io.weir.clickhouse.TenantQuery;
import io.weir.security.Scope;
import io.weir.security.webflux.DeclaredRoutes;
import io.weir.security.webflux.RouteAccess;
import io.weir.tenancy.TenantContext;
import io.weir.tenancy.TenantId;
import io.weir.tenancy.TenantScope;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/// `GET /api/v1/tenants/{id}/usage`: hour and month of UTC.
public final class UsageRoute {

    private static final String SQL = """
            SELECT countIf(hour = toStartOfHour({now:DateTime64(3, 'UTC')})) AS requests,
                   sum(tokens_in + tokens_out) AS tokens, sum(cost) AS spent
            FROM usage_requests FINAL
            WHERE tenant_id = {tenant:UUID} AND hour >= {month:DateTime64(3, 'UTC')}""";

    private final TenantQuery query;
    private final InstantSource clock;

    public UsageRoute(TenantQuery query, InstantSource clock) {
        this.query = query;
        this.clock = clock;
    }

    private record CurrentUsage(
            @JsonProperty("tenant_id") TenantId tenantId,
            @JsonProperty("requests_this_hour") long requestsThisHour,
            @JsonProperty("tokens_this_month") long tokensThisMonth,
            @JsonProperty("cost_this_month") BigDecimal costThisMonth) {}

    public RouterFunction<ServerResponse> route() {
        return DeclaredRoutes.route()
                .GET(
                        "/api/v1/tenants/{id}/usage",
                        RouteAccess.anyOf(Scope.ANALYTICS).ofTenant("id"),
                        this::usage)
                .build();
    }

    private Mono<ServerResponse> usage(ServerRequest request) {
        TenantContext tenant = Caller.tenant(request, request.pathVariable("id"), "id");
        Instant now = clock.instant();
        Instant month = now.atOffset(ZoneOffset.UTC)
                .withDayOfMonth(1)
                .truncatedTo(ChronoUnit.DAYS)
                .toInstant();
        return query.rows(
                        SQL,
                        Map.of("now", now.truncatedTo(ChronoUnit.MILLIS), "month", month),
                        row -> new CurrentUsage(
                                tenant.id(),
                                row.integer("requests"),
                                row.integer("tokens"),
                                row.amount("spent").value()))
                .map(List::getFirst)
                .contextWrite(TenantScope.entering(tenant))
                .flatMap(usage -> ServerResponse.ok().bodyValue(usage));
    }
}
