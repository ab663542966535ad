package io.weir.orchestration.inference;

import io.weir.orchestration.surface.responses.Memories;
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
            ChatHandler chat,
            Admission admission,
            Memories memories,
            Clock clock,
            HandlerFilterFunction<ServerResponse, ServerResponse> oncePerKey) {
        ResponsesHandler responses = new ResponsesHandler(chat, admission, memories, clock);
        HandlerFunction<ServerResponse> complete = oncePerKey.apply(responses::create);
        return DeclaredRoutes.route()
                .POST(RESPONSES, CALLERS, complete)
                .POST(RESPONSES + "/", CALLERS, complete)
                .any(RESPONSES, RouteAccess.signedIn(), ResponsesRoutes::wrongMethod)
                .build();
    }

    private static Mono<ServerResponse> wrongMethod(ServerRequest request) {
        return Mono.error(new PlatformException(
                ProblemType.METHOD_NOT_ALLOWED,
                request.path() + " does not take " + request.method() + ". See the API reference."));
    }
}
