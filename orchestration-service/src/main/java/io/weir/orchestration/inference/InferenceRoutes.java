package io.weir.orchestration.inference;

import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.server.RequestPredicates;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

@Configuration(proxyBeanMethods = false)
class InferenceRoutes {

    private static final String CHAT = "/v1/chat/completions";
    private static final String MODELS = "/v1/models";

    @Bean
    RouterFunction<ServerResponse> inference(ChatHandler chat, ModelsHandler models) {
        return RouterFunctions.route()
                .POST(CHAT, chat::complete)
                .POST(CHAT + "/", chat::complete)
                .GET(MODELS, models::list)
                .GET(MODELS + "/", models::list)
                .GET(MODELS + "/{*id}", models::one)
                .route(
                        RequestPredicates.path(CHAT)
                                .or(RequestPredicates.path(MODELS))
                                .or(RequestPredicates.path(MODELS + "/**")),
                        InferenceRoutes::wrongMethod)
                .build();
    }

    private static Mono<ServerResponse> wrongMethod(ServerRequest request) {
        return Mono.error(new PlatformException(
                ProblemType.METHOD_NOT_ALLOWED,
                request.path() + " does not take " + request.method() + ". See the API reference."));
    }
}
