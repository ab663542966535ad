package io.weir.orchestration.keycheck;

import io.weir.orchestration.inference.Admission;
import io.weir.orchestration.inference.RequestIds;
import io.weir.orchestration.keycheck.KeyProbe.Verdict;
import io.weir.orchestration.ownkey.OwnKeys;
import io.weir.orchestration.ownkey.OwnKeys.Own;
import io.weir.orchestration.provider.ProviderCalls;
import io.weir.orchestration.provider.Providers;
import io.weir.orchestration.route.ModelCatalog;
import io.weir.orchestration.route.Route;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.security.Scope;
import io.weir.security.webflux.Access;
import io.weir.security.webflux.DeclaredRoutes;
import io.weir.security.webflux.RouteAccess;
import io.weir.snapshots.catalog.TenantSnapshot;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/// `POST /api/orchestration/provider-keys/{provider}/verify`: what the provider makes of the caller's tenant's own key
/// now.
@Configuration(proxyBeanMethods = false)
class VerifyRoutes {

    private static final String PATH = "/api/orchestration/provider-keys/{provider}/verify";

    @Bean
    RouterFunction<ServerResponse> providerKeyChecks(
            Admission admission, Providers providers, OwnKeys keys, ModelCatalog catalog, ProviderCalls calls) {
        Verifying verifying = new Verifying(admission, providers, keys, catalog, new KeyProbe(calls));
        return DeclaredRoutes.route()
                .POST(PATH, RouteAccess.anyOf(Scope.TENANT_ADMIN), verifying::verify)
                .build();
    }

    private record Verifying(
            Admission admission, Providers providers, OwnKeys keys, ModelCatalog catalog, KeyProbe probe) {

        Mono<ServerResponse> verify(ServerRequest request) {
            TenantSnapshot tenant = admission.tenant(Access.passport(request));
            String name = request.pathVariable("provider");
            Own own = providers
                    .find(name)
                    .flatMap(platform -> keys.find(tenant.tenantId(), platform))
                    .orElseThrow(Verifying::none);
            String model = catalog.cheapest(name, tenant)
                    .map(Route::model)
                    .orElseThrow(() -> new PlatformException(
                            ProblemType.UNPROCESSABLE,
                            "This tenant may use no chat model of " + name + ", so that there is nothing to ask it for."
                                    + " Look at models.allowed of its settings."))
                    .model();
            Mono<Verdict> verdict = probe.of(own.provider(), model, RequestIds.of(request));
            return verdict.flatMap(said ->
                    ServerResponse.ok().contentType(MediaType.APPLICATION_JSON).bodyValue(said));
        }

        private static PlatformException none() {
            return PlatformException.of(
                    ProblemType.NOT_FOUND,
                    "provider",
                    "This tenant has no key of its own for the provider in the path. Set one by PUT"
                            + " /api/tenants/{id}/provider-keys/{provider}; it is here within a second.");
        }
    }
}
