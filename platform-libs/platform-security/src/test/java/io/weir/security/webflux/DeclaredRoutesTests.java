package io.weir.security.webflux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.security.Passport;
import io.weir.security.Role;
import io.weir.security.Scope;
import io.weir.tenancy.Placement;
import io.weir.tenancy.TenantContext;
import io.weir.tenancy.TenantId;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpMethod;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.web.reactive.function.server.HandlerFunction;
import org.springframework.web.reactive.function.server.HandlerStrategies;
import org.springframework.web.reactive.function.server.RequestPredicates;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

class DeclaredRoutesTests {

    private static final UUID OWN = UUID.fromString("0195a0c0-0000-7000-8000-00000000000a");
    private static final UUID FOREIGN = UUID.fromString("0195a0c0-0000-7000-8000-00000000000b");

    private final RouterFunction<ServerResponse> routes = DeclaredRoutes.route()
            .GET("/mine/{id}", RouteAccess.anyOf(Scope.BILLING).ofTenant("id"), DeclaredRoutesTests::ok)
            .POST("/models", RouteAccess.anyOf(Scope.INFERENCE), DeclaredRoutesTests::ok)
            .PUT("/operators", RouteAccess.platform(), DeclaredRoutesTests::ok)
            .GET("/hook", RouteAccess.open(), DeclaredRoutesTests::ok)
            .any("/hook", RouteAccess.signedIn(), DeclaredRoutesTests::ok)
            .build();

    @Test
    void whoHasTheScopeAndNamesItsOwnTenantGetsIn() {
        assertThat(refusal("GET", "/mine/" + OWN, Set.of(Scope.BILLING))).isNull();
        assertThat(refusal("GET", "/mine/" + FOREIGN, Set.of(Scope.BILLING))).isEqualTo(ProblemType.TENANT_MISMATCH);
        assertThat(refusal("GET", "/mine/" + OWN, Set.of(Scope.ANALYTICS))).isEqualTo(ProblemType.PERMISSION_DENIED);
        assertThat(refusal("GET", "/mine/x' OR 1=1", Set.of(Scope.BILLING))).isEqualTo(ProblemType.INVALID_REQUEST);
    }

    @Test
    void aPlatformAdminReachesEveryTenantAndCallsNoModels() {
        Set<Scope> operator = Set.of(Scope.PLATFORM_ADMIN);
        assertThat(refusal("GET", "/mine/" + FOREIGN, operator)).isNull();
        assertThat(refusal("PUT", "/operators", operator)).isNull();
        assertThat(refusal("POST", "/models", operator)).isEqualTo(ProblemType.PERMISSION_DENIED);
    }

    @Test
    void nobodyElseReachesWhatIsThePlatforms() {
        Set<Scope> allOthers = EnumSet.complementOf(EnumSet.of(Scope.PLATFORM_ADMIN));
        assertThat(refusal("PUT", "/operators", allOthers)).isEqualTo(ProblemType.PERMISSION_DENIED);
    }

    @Test
    void whoHasNoScopeAtAllGetsInNowhereButWhereAllDo() {
        assertThat(refusal("GET", "/hook", Set.of())).isNull();
        assertThat(refusal("DELETE", "/hook", Set.of())).isEqualTo(ProblemType.PERMISSION_DENIED);
        assertThat(refusal("DELETE", "/hook", Set.of(Scope.ANALYTICS))).isNull();
    }

    @Test
    void aPersonIsToldOfTheRoleThatLacksTheScope() {
        Passport analyst = passport(Role.ANALYST.scopes(), Role.ANALYST);
        assertThatThrownBy(() -> call("POST", "/models", analyst))
                .isInstanceOf(PlatformException.class)
                .hasMessageContaining("role 'analyst'")
                .hasMessageContaining("'inference'");
    }

    @Test
    void theCatalogueListsWhatWasDeclared() {
        RouteCatalogue catalogue = new RouteCatalogue(
                List.of(routes.filter((request, next) -> next.handle(request))),
                Set.of(new OpenRoute(HttpMethod.GET, "/hook")));
        assertThat(catalogue.routes())
                .extracting(DeclaredRoute::toString)
                .containsExactly("GET /mine/{id}", "POST /models", "PUT /operators", "GET /hook", "* /hook");
    }

    @Test
    void aRouteThatDeclaresNothingIsRefused() {
        RouterFunction<ServerResponse> seeded = RouterFunctions.route()
                .GET("/forgotten", DeclaredRoutesTests::ok)
                .build();
        refused(seeded, "/forgotten");
        refused(routes.and(seeded), "/forgotten");
        refused(RouterFunctions.nest(RequestPredicates.path("/below"), routes), "/below");
        refused(request -> Mono.empty(), "Lambda");
        HandlerFunction<ServerResponse> handler = DeclaredRoutesTests::ok;
        refused(
                RouterFunctions.route(RequestPredicates.path("/pretends"), handler)
                        .withAttribute(
                                DeclaredRoute.ATTRIBUTE, new DeclaredRoute("GET", "/pretends", RouteAccess.open())),
                "/pretends");
    }

    @Test
    void whatIsOpenSaysSoTwice() {
        assertThatThrownBy(() -> new RouteCatalogue(List.of(routes), Set.of()))
                .isInstanceOf(UndeclaredRouteException.class)
                .hasMessageContaining("GET /hook");
        assertThatThrownBy(() -> new RouteCatalogue(List.of(), Set.of(new OpenRoute(HttpMethod.GET, "/hook"))))
                .isInstanceOf(UndeclaredRouteException.class)
                .hasMessageContaining("GET /hook");
    }

    @Test
    void aTenantVariableThatThePathLacksIsAMistake() {
        assertThatThrownBy(() -> DeclaredRoutes.route()
                        .GET("/mine/{tenant}", RouteAccess.signedIn().ofTenant("id"), DeclaredRoutesTests::ok))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'id'");
    }

    private static void refused(RouterFunction<ServerResponse> function, String named) {
        assertThatThrownBy(() -> new RouteCatalogue(List.of(function), Set.of()))
                .isInstanceOf(UndeclaredRouteException.class)
                .hasMessageContaining(named);
    }

    private @Nullable ProblemType refusal(String method, String path, Set<Scope> scopes) {
        try {
            call(method, path, passport(scopes, null));
            return null;
        } catch (PlatformException refused) {
            return refused.type();
        }
    }

    private void call(String method, String path, Passport passport) {
        MockServerWebExchange exchange =
                MockServerWebExchange.from(MockServerHttpRequest.method(HttpMethod.valueOf(method), path));
        exchange.getAttributes().put(PassportWebFilter.PASSPORT, passport);
        ServerRequest request =
                ServerRequest.create(exchange, HandlerStrategies.withDefaults().messageReaders());
        ServerResponse answer = routes.route(request)
                .flatMap(handler -> handler.handle(request))
                .block(Duration.ofSeconds(5));
        assertThat(answer).isNotNull();
    }

    private static Passport passport(Set<Scope> scopes, @Nullable Role role) {
        TenantContext tenant = new TenantContext(new TenantId(OWN), "free", Placement.POOL, "local");
        return new Passport(
                "1",
                "gateway",
                Passport.MESH,
                tenant,
                "key:k",
                "k",
                scopes,
                role,
                Instant.now().plusSeconds(60));
    }

    private static Mono<ServerResponse> ok(ServerRequest request) {
        return ServerResponse.ok().build();
    }
}
