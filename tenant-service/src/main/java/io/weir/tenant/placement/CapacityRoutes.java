package io.weir.tenant.placement;

import io.weir.r2dbc.placement.Placements;
import io.weir.security.webflux.DeclaredRoutes;
import io.weir.security.webflux.RouteAccess;
import java.util.List;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/// `GET /api/tenants/placement/capacity`.
@Configuration(proxyBeanMethods = false)
class CapacityRoutes {

    private final TenantMoves moves;

    CapacityRoutes(TenantMoves moves) {
        this.moves = moves;
    }

    @Bean
    RouterFunction<ServerResponse> capacityRouter() {
        return DeclaredRoutes.route()
                .GET("/api/tenants/placement/capacity", RouteAccess.platform(), this::capacity)
                .build();
    }

    private Mono<ServerResponse> capacity(ServerRequest request) {
        return moves.capacity().map(Answer::new).flatMap(ServerResponse.ok()::bodyValue);
    }

    record Answer(List<Placements.Capacity> bridges) {}
}
