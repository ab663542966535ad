package io.weir.orchestration.inference;

import io.weir.orchestration.surface.Surface;
import io.weir.orchestration.surface.responses.ChatPathSurface;
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
class InferenceRoutes {

    private static final RouteAccess CALLERS = RouteAccess.anyOf(Scope.INFERENCE);
    static final String CHAT = "/v1/chat/completions";
    private static final String MODELS = "/v1/models";

    @Bean
    RouterFunction<ServerResponse> inference(
            ChatHandler chat,
            ModelsHandler models,
            Clock clock,
            HandlerFilterFunction<ServerResponse, ServerResponse> oncePerKey) {
        Surface chats = new ChatPathSurface(new ResponsesSurface(clock));
        HandlerFunction<ServerResponse> complete = oncePerKey.apply(request -> chat.complete(request, chats));
        return DeclaredRoutes.route()
                .POST(CHAT, CALLERS, complete)
                .POST(CHAT + "/", CALLERS, complete)
                .GET(MODELS, CALLERS, models::list)
                .GET(MODELS + "/", CALLERS, models::list)
                .GET(MODELS + "/{*id}", CALLERS, models::one)
                .any(CHAT, RouteAccess.signedIn(), InferenceRoutes::wrongMethod)
                .any(MODELS, RouteAccess.signedIn(), InferenceRoutes::wrongMethod)
                .any(MODELS + "/**", RouteAccess.signedIn(), InferenceRoutes::wrongMethod)
                .build();
    }

    private static Mono<ServerResponse> wrongMethod(ServerRequest request) {
        return Mono.error(new PlatformException(
                ProblemType.METHOD_NOT_ALLOWED,
                request.path() + " does not take " + request.method() + ". See the API reference."));
    }
}
