package io.weir.tenant.quota;

import io.weir.r2dbc.TenantTransaction;
import io.weir.security.Scope;
import io.weir.security.webflux.DeclaredRoutes;
import io.weir.security.webflux.RouteAccess;
import io.weir.tenancy.TenantId;
import io.weir.tenancy.TenantScope;
import io.weir.tenant.directory.Tenant;
import io.weir.tenant.directory.TenantDirectory;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/// `GET /api/tenants/{id}/quotas`.
@Configuration(proxyBeanMethods = false)
class QuotaRoutes {

    private static final RouteAccess READERS = RouteAccess.anyOf(Scope.TENANT_ADMIN, Scope.BILLING, Scope.ANALYTICS)
            .ofTenant("id");

    private final TenantDirectory directory;
    private final TenantTransaction transaction;
    private final Quotas quotas;
    private final Clock clock;

    QuotaRoutes(TenantDirectory directory, TenantTransaction transaction, Quotas quotas, Clock clock) {
        this.directory = directory;
        this.transaction = transaction;
        this.quotas = quotas;
        this.clock = clock;
    }

    @Bean
    RouterFunction<ServerResponse> quotaRouter() {
        return DeclaredRoutes.route()
                .GET("/api/tenants/{id}/quotas", READERS, this::show)
                .build();
    }

    private Mono<ServerResponse> show(ServerRequest request) {
        return directory.acting(
                request,
                id -> TenantScope.current()
                        .flatMap(quotas::metered)
                        .flatMap(flowing -> transaction.in(client -> directory
                                .read(client, id)
                                .zipWhen(
                                        tenant -> quotas.of(client, tenant, flowing),
                                        (tenant, found) -> view(tenant, found))))
                        .flatMap(ServerResponse.ok()::bodyValue));
    }

    private View view(Tenant tenant, List<Quota> found) {
        return new View(tenant.id(), tenant.plan(), clock.instant(), found);
    }

    /// @param at when it was counted
    record View(TenantId tenantId, String planTier, Instant at, List<Quota> quotas) {}
}
