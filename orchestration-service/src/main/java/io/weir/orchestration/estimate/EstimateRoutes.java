package io.weir.orchestration.estimate;

import io.weir.orchestration.inference.Admission;
import io.weir.orchestration.route.ModelCatalog;
import io.weir.orchestration.route.Router;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.security.Scope;
import io.weir.security.webflux.DeclaredRoutes;
import io.weir.security.webflux.RouteAccess;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

@Configuration(proxyBeanMethods = false)
class EstimateRoutes {

    private static final RouteAccess CALLERS = RouteAccess.anyOf(Scope.INFERENCE);
    private static final String ESTIMATE = "/api/orchestration/estimate";

    @Bean
    EstimateHandler estimateHandler(Admission admission, Router router, ModelCatalog catalog) {
        return new EstimateHandler(admission, new Estimator(router, catalog));
    }

    @Bean
    RouterFunction<ServerResponse> estimates(EstimateHandler handler) {
        return DeclaredRoutes.route()
                .POST(ESTIMATE, CALLERS, handler::estimate)
                .POST(ESTIMATE + "/", CALLERS, handler::estimate)
                .any(ESTIMATE, RouteAccess.signedIn(), EstimateRoutes::wrongMethod)
                .build();
    }

    private static Mono<ServerResponse> wrongMethod(ServerRequest request) {
        return Mono.error(new PlatformException(
                ProblemType.METHOD_NOT_ALLOWED,
                request.path() + " does not take " + request.method() + ". See the API reference."));
    }
}
