package io.weir.tenant.planchange;

import io.weir.security.Scope;
import io.weir.security.webflux.Access;
import io.weir.security.webflux.DeclaredRoutes;
import io.weir.security.webflux.RouteAccess;
import io.weir.tenancy.TenantId;
import io.weir.tenant.directory.TenantDirectory;
import io.weir.tenant.request.Fields;
import io.weir.tenant.request.JsonBody;
import io.weir.tenant.request.Violations;
import java.util.Set;
import java.util.function.Function;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.ObjectNode;

/// `POST /api/tenants/{id}/plan`.
@Configuration(proxyBeanMethods = false)
class PlanChangeRoutes {

    private static final RouteAccess ADMIN =
            RouteAccess.anyOf(Scope.TENANT_ADMIN).ofTenant("id");

    private final TenantDirectory directory;
    private final PlanChange change;

    PlanChangeRoutes(TenantDirectory directory, PlanChange change) {
        this.directory = directory;
        this.change = change;
    }

    @Bean
    RouterFunction<ServerResponse> planChangeRouter() {
        return DeclaredRoutes.route()
                .POST("/api/tenants/{id}/plan", ADMIN, this::change)
                .build();
    }

    private Mono<ServerResponse> change(ServerRequest request) {
        return directory.acting(
                request,
                id -> JsonBody.read(request)
                        .map(PlanChangeRoutes::planTier)
                        .flatMap(plan -> change.change(id, plan, Access.passport(request)))
                        .map(done -> new Answer(
                                id,
                                done.next().key(),
                                done.former().key(),
                                done.tenant().version()))
                        .flatMap(ServerResponse.ok()::bodyValue));
    }

    private static String planTier(ObjectNode body) {
        Violations violations = new Violations();
        Fields fields = new Fields(body, violations);
        fields.refuseOthers(Set.of("planTier"));
        String plan = fields.required("planTier", Function.identity()).orElse("");
        violations.refuseIfAny();
        return plan;
    }

    /// @param version of the tenant, as the data plane is told
    record Answer(TenantId tenantId, String planTier, String formerPlanTier, long version) {}
}
