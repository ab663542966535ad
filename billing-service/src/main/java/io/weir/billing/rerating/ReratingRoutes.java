package io.weir.billing.rerating;

import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.security.webflux.Access;
import io.weir.security.webflux.DeclaredRoutes;
import io.weir.security.webflux.RouteAccess;
import java.util.UUID;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

/// `/api/billing/reratings`: operators price a past span again, look at the difference, and apply it.
final class ReratingRoutes {

    private static final String PATH = "/api/billing/reratings";

    private final Reratings reratings;
    private final JsonMapper json;

    ReratingRoutes(Reratings reratings, JsonMapper json) {
        this.reratings = reratings;
        this.json = json;
    }

    RouterFunction<ServerResponse> routes() {
        return DeclaredRoutes.route()
                .POST(PATH, RouteAccess.platform(), this::dryRun)
                .GET(PATH + "/{id}", RouteAccess.platform(), this::find)
                .POST(PATH + "/{id}/apply", RouteAccess.platform(), this::apply)
                .build();
    }

    private Mono<ServerResponse> dryRun(ServerRequest request) {
        String by = Access.passport(request).subject();
        return request.bodyToMono(byte[].class)
                .defaultIfEmpty(new byte[0])
                .map(body -> ReratingOrder.read(json, body))
                .flatMap(order -> reratings.dryRun(order, by))
                .flatMap(run -> answer(HttpStatus.CREATED, run));
    }

    private Mono<ServerResponse> find(ServerRequest request) {
        return reratings.find(id(request)).flatMap(run -> answer(HttpStatus.OK, run));
    }

    private Mono<ServerResponse> apply(ServerRequest request) {
        String by = Access.passport(request).subject();
        return reratings.apply(id(request), by).flatMap(run -> answer(HttpStatus.OK, run));
    }

    private static UUID id(ServerRequest request) {
        try {
            return UUID.fromString(request.pathVariable("id"));
        } catch (IllegalArgumentException notAnId) {
            throw new PlatformException(ProblemType.NOT_FOUND, "There is no such run. Check the id.");
        }
    }

    private static Mono<ServerResponse> answer(HttpStatus status, Run run) {
        return ServerResponse.status(status)
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue(run);
    }
}
