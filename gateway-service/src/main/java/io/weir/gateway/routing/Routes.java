package io.weir.gateway.routing;

import io.weir.gateway.call.Call;
import io.weir.gateway.call.RouteClass;
import java.net.URI;
import java.time.Duration;
import java.util.function.Predicate;
import org.springframework.cloud.gateway.config.HttpClientCustomizer;
import org.springframework.cloud.gateway.config.HttpClientProperties;
import org.springframework.cloud.gateway.route.RouteLocator;
import org.springframework.cloud.gateway.route.builder.RouteLocatorBuilder;
import org.springframework.cloud.gateway.support.RouteMetadataUtils;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.server.ServerWebExchange;

/// One route per service and kind of path; the edge has sorted the paths. Calls of models are [InferenceProxy]'s.
@Configuration(proxyBeanMethods = false)
class Routes {

    // Only answers of models take longer.
    private static final Duration ADMINISTRATION = Duration.ofSeconds(60);

    @Bean
    RouteLocator routeLocator(RouteLocatorBuilder builder, ServicesProperties services) {
        RouteLocatorBuilder.Builder routes = builder.routes();
        administration(routes, RouteClass.ORCHESTRATION, services.orchestration());
        administration(routes, RouteClass.TENANTS, services.tenant());
        administration(routes, RouteClass.BILLING, services.billing());
        administration(routes, RouteClass.STRIPE_WEBHOOK, services.billing());
        administration(routes, RouteClass.ANALYTICS, services.analytics());
        administration(routes, RouteClass.EXTERNAL_COSTS, services.analytics());
        administration(routes, RouteClass.COST_EVENTS, services.analytics());
        routes.route(
                RouteClass.COST_SOCKET.label(),
                route -> route.predicate(is(RouteClass.COST_SOCKET)).uri(services.analytics()));
        return routes.build();
    }

    // The route's own timeout ends with the answer's head; this one guards the silences within it.
    @Bean
    HttpClientCustomizer silenceWithinAnswers(HttpClientProperties properties) {
        return client -> client.responseTimeout(properties.getResponseTimeout());
    }

    private static void administration(RouteLocatorBuilder.Builder routes, RouteClass kind, URI service) {
        routes.route(
                kind.label(),
                route -> route.predicate(is(kind))
                        .metadata(RouteMetadataUtils.RESPONSE_TIMEOUT_ATTR, ADMINISTRATION.toMillis())
                        .uri(service));
    }

    private static Predicate<ServerWebExchange> is(RouteClass kind) {
        return exchange -> Call.of(exchange).route() == kind;
    }
}
