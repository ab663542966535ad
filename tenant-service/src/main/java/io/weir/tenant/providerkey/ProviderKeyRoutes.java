package io.weir.tenant.providerkey;

import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.security.Scope;
import io.weir.security.egress.BaseUrlRules;
import io.weir.security.webflux.DeclaredRoutes;
import io.weir.security.webflux.RouteAccess;
import io.weir.tenant.directory.TenantDirectory;
import io.weir.tenant.publication.Outbox;
import io.weir.tenant.request.JsonBody;
import java.time.Duration;
import java.util.List;
import java.util.TreeSet;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpStatus;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/// `/api/tenants/{id}/provider-keys`.
@Configuration(proxyBeanMethods = false)
class ProviderKeyRoutes {

    private static final RouteAccess ADMIN =
            RouteAccess.anyOf(Scope.TENANT_ADMIN).ofTenant("id");
    private static final String ONE = "/api/tenants/{id}/provider-keys/{provider}";
    private static final Duration BROKER = Duration.ofSeconds(3);

    private final TenantDirectory directory;
    private final ProviderKeyCare care;
    private final ProviderKeyProperties properties;
    private final BaseUrlRules rules;
    private final Outbox outbox;

    ProviderKeyRoutes(
            TenantDirectory directory,
            ProviderKeyCare care,
            ProviderKeyProperties properties,
            BaseUrlRules rules,
            Outbox outbox) {
        this.directory = directory;
        this.care = care;
        this.properties = properties;
        this.rules = rules;
        this.outbox = outbox;
    }

    @Bean
    RouterFunction<ServerResponse> providerKeyRouter() {
        return DeclaredRoutes.route()
                .GET("/api/tenants/{id}/provider-keys", ADMIN, this::list)
                .PUT(ONE, ADMIN, this::set)
                .DELETE(ONE, ADMIN, this::delete)
                .build();
    }

    private Mono<ServerResponse> list(ServerRequest request) {
        return directory.acting(
                request,
                id -> care.all(id)
                        .map(all ->
                                new Listed(all.stream().map(ProviderKeyView::of).toList()))
                        .flatMap(ServerResponse.ok()::bodyValue));
    }

    private Mono<ServerResponse> set(ServerRequest request) {
        return directory.acting(request, id -> {
            String provider = provider(request);
            return JsonBody.read(request)
                    .map(body -> ProviderKeyWish.of(body, rules))
                    .flatMap(wish -> care.set(id, provider, wish))
                    .flatMap(done -> ServerResponse.status(done.first() ? HttpStatus.CREATED : HttpStatus.OK)
                            .bodyValue(ProviderKeyView.of(done.key())));
        });
    }

    private Mono<ServerResponse> delete(ServerRequest request) {
        return directory.acting(
                request,
                id -> care.delete(id, provider(request))
                        .flatMap(publication -> outbox.arrives(publication, BROKER))
                        .flatMap(arrived ->
                                arrived ? ServerResponse.noContent().build() : Mono.error(ProviderKeyRoutes.queued())));
    }

    private String provider(ServerRequest request) {
        String named = request.pathVariable("provider");
        if (!properties.providers().contains(named)) {
            throw PlatformException.invalid(
                    "provider",
                    "The provider in the path is none that keys can be brought for. Expected: one of "
                            + new TreeSet<>(properties.providers()) + ".");
        }
        return named;
    }

    private static PlatformException queued() {
        return new PlatformException(
                ProblemType.QUEUED,
                "The key is deleted, but the broker does not have it yet, so calls may still go out with it. It is sent"
                        + " as soon as the broker answers; repeat the call to see when.");
    }

    record Listed(List<ProviderKeyView> providerKeys) {}
}
