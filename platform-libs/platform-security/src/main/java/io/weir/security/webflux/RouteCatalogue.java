package io.weir.security.webflux;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.web.reactive.function.server.RouterFunction;

/// Every route of a service and who may call it.
public final class RouteCatalogue {

    private final List<DeclaredRoute> routes;

    /// Throws [UndeclaredRouteException] where a route is not declared, or a declaration and the [OpenRoute]s
    /// differ: what passes without a passport says so in both places.
    public RouteCatalogue(Collection<? extends RouterFunction<?>> functions, Set<OpenRoute> open) {
        this.routes = functions.stream()
                .flatMap(function -> DeclaredRoutes.of(function).stream())
                .toList();
        Set<String> declared = routes.stream()
                .filter(route -> route.access() instanceof RouteAccess.Open)
                .map(DeclaredRoute::toString)
                .collect(Collectors.toSet());
        Set<String> let =
                open.stream().map(route -> route.method() + " " + route.path()).collect(Collectors.toSet());
        refuseDifference(declared, let, "is declared open, and no OpenRoute lets it in without a passport.");
        refuseDifference(let, declared, "is an OpenRoute, and no route of it is declared open.");
    }

    public List<DeclaredRoute> routes() {
        return routes;
    }

    private static void refuseDifference(Set<String> these, Set<String> those, String mismatch) {
        for (String one : these) {
            if (!those.contains(one)) {
                throw new UndeclaredRouteException(one, mismatch);
            }
        }
    }
}
