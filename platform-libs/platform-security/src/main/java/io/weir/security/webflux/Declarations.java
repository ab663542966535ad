package io.weir.security.webflux;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.Resource;
import org.springframework.web.reactive.function.server.HandlerFunction;
import org.springframework.web.reactive.function.server.RequestPredicate;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import reactor.core.publisher.Mono;

/// Collects declarations. A route counts only when its handler is the guarded one of the declaration on it.
final class Declarations implements RouterFunctions.Visitor {

    private final List<DeclaredRoute> found = new ArrayList<>();
    private @Nullable Object declared;

    List<DeclaredRoute> all() {
        return List.copyOf(found);
    }

    @Override
    public void attributes(Map<String, Object> attributes) {
        declared = attributes.get(DeclaredRoute.ATTRIBUTE);
    }

    @Override
    public void route(RequestPredicate predicate, HandlerFunction<?> handler) {
        if (!(handler instanceof DeclaredRoutes.Guarded guarded)
                || !guarded.route().equals(declared)) {
            throw new UndeclaredRouteException(predicate.toString());
        }
        found.add(guarded.route());
        declared = null;
    }

    @Override
    public void startNested(RequestPredicate predicate) {
        throw new UndeclaredRouteException("routes nested under " + predicate);
    }

    @Override
    public void endNested(RequestPredicate predicate) {}

    @Override
    public void resources(Function<ServerRequest, Mono<Resource>> lookup) {
        throw new UndeclaredRouteException("static resources");
    }

    @Override
    public void unknown(RouterFunction<?> function) {
        throw new UndeclaredRouteException(function.toString());
    }
}
