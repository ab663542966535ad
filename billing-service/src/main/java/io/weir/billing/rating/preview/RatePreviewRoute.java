package io.weir.billing.rating.preview;

import io.weir.security.Scope;
import io.weir.security.webflux.DeclaredRoutes;
import io.weir.security.webflux.RouteAccess;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

/// `POST /api/billing/rate`: what a price comes to. Keeps nothing and looks nothing up.
final class RatePreviewRoute {

    private final JsonMapper json;

    RatePreviewRoute(JsonMapper json) {
        this.json = json;
    }

    RouterFunction<ServerResponse> routes() {
        return DeclaredRoutes.route()
                .POST("/api/billing/rate", RouteAccess.anyOf(Scope.BILLING, Scope.TENANT_ADMIN), this::rate)
                .build();
    }

    private Mono<ServerResponse> rate(ServerRequest request) {
        return request.bodyToMono(byte[].class)
                .defaultIfEmpty(new byte[0])
                .map(body -> RatePreview.read(json, body).answer())
                .flatMap(answer -> ServerResponse.ok()
                        .contentType(MediaType.APPLICATION_JSON)
                        .bodyValue(answer));
    }
}
