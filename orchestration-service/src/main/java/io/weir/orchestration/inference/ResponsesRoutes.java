package io.weir.orchestration.inference;

import io.weir.orchestration.surface.Surface;
import io.weir.orchestration.surface.responses.ResponsesSurface;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.security.Scope;
import io.weir.security.webflux.DeclaredRoutes;
import io.weir.security.webflux.RouteAccess;
import java.time.Clock;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.server.HandlerFilterFunction;
import org.springframework.web.reactive.function.server.HandlerFunction;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

@Configuration(proxyBeanMethods = false)
class ResponsesRoutes {

    private static final RouteAccess CALLERS = RouteAccess.anyOf(Scope.INFERENCE);
    private static final String RESPONSES = "/v1/responses";

    @Bean
    RouterFunction<ServerResponse> responses(
            ChatHandler chat, Clock clock, HandlerFilterFunction<ServerResponse, ServerResponse> oncePerKey) {
        Surface surface = new ResponsesSurface(clock);
        HandlerFunction<ServerResponse> complete = oncePerKey.apply(request -> chat.complete(request, surface));
        return DeclaredRoutes.route()
                .POST(RESPONSES, CALLERS, complete)
                .POST(RESPONSES + "/", CALLERS, complete)
                .any(RESPONSES, RouteAccess.signedIn(), ResponsesRoutes::wrongMethod)
                .any(RESPONSES + "/**", RouteAccess.signedIn(), ResponsesRoutes::notStored)
                .build();
    }

    private static Mono<ServerResponse> wrongMethod(ServerRequest request) {
        return Mono.error(new PlatformException(
                ProblemType.METHOD_NOT_ALLOWED,
                request.path() + " does not take " + request.method() + ". See the API reference."));
    }

    private static Mono<ServerResponse> notStored(ServerRequest request) {
        return Mono.error(new PlatformException(
                ProblemType.NOT_FOUND,
                "There is nothing at " + request.path()
                        + ": responses are not stored here. Keep the answer of POST /v1/responses."));
    }
}
