package io.weir.orchestration.cache;

import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.security.Scope;
import io.weir.security.webflux.Access;
import io.weir.security.webflux.DeclaredRoutes;
import io.weir.security.webflux.RouteAccess;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/// `DELETE /api/orchestration/cache`: forgets all answers of the caller's tenant.
final class CacheRoutes {

    private static final String PATH = "/api/orchestration/cache";

    private final AnswerCache cache;

    CacheRoutes(AnswerCache cache) {
        this.cache = cache;
    }

    RouterFunction<ServerResponse> routes() {
        return DeclaredRoutes.route()
                .DELETE(PATH, RouteAccess.anyOf(Scope.TENANT_ADMIN), this::clear)
                .build();
    }

    private record Cleared(long entries) {}

    private Mono<ServerResponse> clear(ServerRequest request) {
        return cache.clear(Access.passport(request).tenant().id())
                .onErrorMap(away -> new PlatformException(
                        ProblemType.SERVICE_UNAVAILABLE, "The cache cannot be reached. Try again in a moment.", away))
                .flatMap(entries -> ServerResponse.ok()
                        .contentType(MediaType.APPLICATION_JSON)
                        .bodyValue(new Cleared(entries)));
    }
}
