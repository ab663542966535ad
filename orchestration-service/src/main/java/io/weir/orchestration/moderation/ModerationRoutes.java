package io.weir.orchestration.moderation;

import io.weir.orchestration.inference.Admission;
import io.weir.orchestration.inference.CallParts;
import io.weir.orchestration.inference.OfflineCalls;
import io.weir.orchestration.route.ModelCatalog;
import io.weir.orchestration.route.OwnCandidates;
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
class ModerationRoutes {

    private static final RouteAccess CALLERS = RouteAccess.anyOf(Scope.INFERENCE);
    private static final String PATH = "/v1/moderations";

    @Bean
    ModerationAdmission moderationAdmission(Admission admission, ModelCatalog catalog, OwnCandidates own, Clock clock) {
        return new ModerationAdmission(admission, catalog, own, clock);
    }

    @Bean
    RouterFunction<ServerResponse> moderations(
            ModerationAdmission admission,
            CallParts parts,
            HandlerFilterFunction<ServerResponse, ServerResponse> oncePerKey) {
        ModerationHandler handler = new ModerationHandler(admission, parts);
        HandlerFunction<ServerResponse> moderate = oncePerKey.apply(handler::moderate);
        return DeclaredRoutes.route()
                .POST(PATH, CALLERS, moderate)
                .POST(PATH + "/", CALLERS, moderate)
                .any(PATH, RouteAccess.signedIn(), ModerationRoutes::wrongMethod)
                .build();
    }

    @Bean
    OfflineCalls offlineModerations(ModerationAdmission admission, CallParts parts) {
        return new OfflineModerations(PATH, admission, parts);
    }

    private static Mono<ServerResponse> wrongMethod(ServerRequest request) {
        return Mono.error(new PlatformException(
                ProblemType.METHOD_NOT_ALLOWED,
                request.path() + " does not take " + request.method() + ". See the API reference."));
    }
}
