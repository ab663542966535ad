package io.weir.tenant.provisioning;

import io.weir.security.Passport;
import io.weir.security.webflux.Access;
import io.weir.security.webflux.DeclaredRoutes;
import io.weir.security.webflux.RouteAccess;
import io.weir.tenancy.TenantId;
import io.weir.tenant.plan.Plans;
import io.weir.tenant.request.JsonBody;
import java.net.URI;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/// `POST /api/tenants/provision`.
@Configuration(proxyBeanMethods = false)
class ProvisioningRoutes {

    private final Provisioning provisioning;
    private final Plans plans;
    private final ProvisioningProperties properties;
    private final DashboardProperties dashboard;

    ProvisioningRoutes(
            Provisioning provisioning, Plans plans, ProvisioningProperties properties, DashboardProperties dashboard) {
        this.provisioning = provisioning;
        this.plans = plans;
        this.properties = properties;
        this.dashboard = dashboard;
    }

    @Bean
    RouterFunction<ServerResponse> provisioningRouter() {
        return DeclaredRoutes.route()
                .POST("/api/tenants/provision", RouteAccess.platform(), this::provision)
                .build();
    }

    private Mono<ServerResponse> provision(ServerRequest request) {
        Passport passport = Access.passport(request);
        return JsonBody.read(request)
                .zipWith(plans.all(), (body, catalogue) -> ProvisioningRequest.of(body, catalogue, properties))
                .flatMap(wish -> provisioning.provision(wish, passport.subject()))
                .flatMap(made -> ServerResponse.created(
                                URI.create("/api/tenants/" + made.tenant().id()))
                        .bodyValue(answer(made)));
    }

    private Answer answer(Provisioning.Provisioned made) {
        return new Answer(
                made.tenant().id(),
                made.tenant().slug().value(),
                made.tenant().schemaName(),
                made.key().reveal(),
                made.tenant().state().word(),
                dashboard.urlOf(made.tenant().slug()));
    }

    record Answer(
            TenantId tenantId, String slug, String schemaName, String apiKey, String status, String dashboardUrl) {
        @Override
        public String toString() {
            return "Answer[" + tenantId + "]";
        }
    }
}
