package io.weir.orchestration.inference;

import io.weir.orchestration.surface.Surface;
import io.weir.orchestration.surface.completions.CompletionsSurface;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.security.Scope;
import io.weir.security.webflux.DeclaredRoutes;
import io.weir.security.webflux.RouteAccess;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.server.HandlerFilterFunction;
import org.springframework.web.reactive.function.server.HandlerFunction;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/// OpenAI's older API of text that is continued.
@Configuration(proxyBeanMethods = false)
class CompletionsRoutes {

    private static final RouteAccess CALLERS = RouteAccess.anyOf(Scope.INFERENCE);
    private static final String COMPLETIONS = "/v1/completions";

    @Bean
    RouterFunction<ServerResponse> completions(
            ChatHandler chat, HandlerFilterFunction<ServerResponse, ServerResponse> oncePerKey) {
        Surface surface = new CompletionsSurface();
        HandlerFunction<ServerResponse> complete = oncePerKey.apply(request -> chat.complete(request, surface));
        return DeclaredRoutes.route()
                .POST(COMPLETIONS, CALLERS, complete)
                .POST(COMPLETIONS + "/", CALLERS, complete)
                .any(COMPLETIONS, RouteAccess.signedIn(), CompletionsRoutes::wrongMethod)
                .build();
    }

    private static Mono<ServerResponse> wrongMethod(ServerRequest request) {
        return Mono.error(new PlatformException(
                ProblemType.METHOD_NOT_ALLOWED, request.path() + " does not take " + request.method() + ". Use POST."));
    }
}
