package io.weir.security.webflux;

import java.util.List;
import org.springframework.http.HttpMethod;
import org.springframework.web.reactive.function.server.HandlerFunction;
import org.springframework.web.reactive.function.server.RequestPredicate;
import org.springframework.web.reactive.function.server.RequestPredicates;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/// Builds routes that each say who may call them. It is refused before the handler runs: 403 without one of the
/// scopes, 400 where the tenant in the path is no UUID, 403 where it is another's. Every route of a service is
/// made here; [UndeclaredRouteException] stops the start of one that has others.
public final class DeclaredRoutes {

    private final RouterFunctions.Builder routes = RouterFunctions.route();

    private DeclaredRoutes() {}

    public static DeclaredRoutes route() {
        return new DeclaredRoutes();
    }

    public DeclaredRoutes GET(String pattern, RouteAccess access, HandlerFunction<ServerResponse> handler) {
        return add(HttpMethod.GET, pattern, access, handler);
    }

    public DeclaredRoutes POST(String pattern, RouteAccess access, HandlerFunction<ServerResponse> handler) {
        return add(HttpMethod.POST, pattern, access, handler);
    }

    public DeclaredRoutes PUT(String pattern, RouteAccess access, HandlerFunction<ServerResponse> handler) {
        return add(HttpMethod.PUT, pattern, access, handler);
    }

    public DeclaredRoutes PATCH(String pattern, RouteAccess access, HandlerFunction<ServerResponse> handler) {
        return add(HttpMethod.PATCH, pattern, access, handler);
    }

    public DeclaredRoutes DELETE(String pattern, RouteAccess access, HandlerFunction<ServerResponse> handler) {
        return add(HttpMethod.DELETE, pattern, access, handler);
    }

    /// Whatever method the routes before this one do not take.
    public DeclaredRoutes any(String pattern, RouteAccess access, HandlerFunction<ServerResponse> handler) {
        return add(
                new DeclaredRoute(DeclaredRoute.ANY_METHOD, pattern, access), RequestPredicates.path(pattern), handler);
    }

    public RouterFunction<ServerResponse> build() {
        return routes.build();
    }

    /// The routes of a function. Throws [UndeclaredRouteException] where one was not made here.
    public static List<DeclaredRoute> of(RouterFunction<?> function) {
        Declarations found = new Declarations();
        function.accept(found);
        return found.all();
    }

    private DeclaredRoutes add(
            HttpMethod method, String pattern, RouteAccess access, HandlerFunction<ServerResponse> handler) {
        RequestPredicate predicate = RequestPredicates.method(method).and(RequestPredicates.path(pattern));
        return add(new DeclaredRoute(method.name(), pattern, access), predicate, handler);
    }

    private DeclaredRoutes add(
            DeclaredRoute route, RequestPredicate predicate, HandlerFunction<ServerResponse> handler) {
        routes.route(predicate, new Guarded(route, handler)).withAttribute(DeclaredRoute.ATTRIBUTE, route);
        return this;
    }

    /// A handler behind its route's declaration.
    record Guarded(DeclaredRoute route, HandlerFunction<ServerResponse> handler)
            implements HandlerFunction<ServerResponse> {

        Guarded {
            if (route.access() instanceof RouteAccess.Holders holders) {
                holders.tenantVariable().ifPresent(name -> demandVariable(route.pattern(), name));
            }
        }

        @Override
        public Mono<ServerResponse> handle(ServerRequest request) {
            switch (route.access()) {
                case RouteAccess.Open open -> {}
                case RouteAccess.Holders holders -> Access.demand(request, holders);
            }
            return handler.handle(request);
        }

        private static void demandVariable(String pattern, String name) {
            if (!pattern.contains("{" + name + "}")) {
                throw new IllegalArgumentException(
                        "route access: no variable '" + name + "' in " + pattern + " (expected: the tenant's)");
            }
        }
    }
}
