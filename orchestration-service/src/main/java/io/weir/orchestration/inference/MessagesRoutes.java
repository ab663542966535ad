package io.weir.orchestration.inference;

import io.weir.orchestration.dialect.Tokenizer;
import io.weir.orchestration.route.ModelCatalog;
import io.weir.orchestration.route.Router;
import io.weir.orchestration.surface.messages.MessagesSurface;
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

/// Anthropic's Messages API.
@Configuration(proxyBeanMethods = false)
class MessagesRoutes {

    private static final RouteAccess CALLERS = RouteAccess.anyOf(Scope.INFERENCE);
    private static final MessagesSurface SURFACE = new MessagesSurface();
    private static final String MESSAGES = "/v1/messages";
    private static final String COUNT = MESSAGES + "/count_tokens";

    @Bean
    RouterFunction<ServerResponse> messages(
            ChatHandler chat,
            Admission admission,
            ModelCatalog catalog,
            Router router,
            Tokenizer tokenizer,
            HandlerFilterFunction<ServerResponse, ServerResponse> oncePerKey) {
        HandlerFunction<ServerResponse> complete = oncePerKey.apply(request -> chat.complete(request, SURFACE));
        TokenCountHandler counting = new TokenCountHandler(SURFACE, admission, catalog, router, tokenizer);
        return DeclaredRoutes.route()
                .POST(MESSAGES, CALLERS, complete)
                .POST(MESSAGES + "/", CALLERS, complete)
                .POST(COUNT, CALLERS, counting::count)
                .POST(COUNT + "/", CALLERS, counting::count)
                .any(MESSAGES, RouteAccess.signedIn(), MessagesRoutes::wrongMethod)
                .any(COUNT, RouteAccess.signedIn(), MessagesRoutes::wrongMethod)
                .build();
    }

    private static Mono<ServerResponse> wrongMethod(ServerRequest request) {
        return Mono.error(new PlatformException(
                ProblemType.METHOD_NOT_ALLOWED, request.path() + " does not take " + request.method() + ". Use POST."));
    }
}
