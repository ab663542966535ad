package io.weir.gateway.edge;

import io.weir.gateway.authentication.ApiKeyAuthentication;
import io.weir.gateway.authentication.Authentication;
import io.weir.gateway.authentication.NamedTenant;
import io.weir.gateway.authentication.OpenExchanges;
import io.weir.gateway.call.Call;
import io.weir.gateway.call.Caller;
import io.weir.gateway.call.RouteClass;
import io.weir.gateway.health.PlatformHealth;
import io.weir.gateway.passport.Passports;
import io.weir.observability.TracedRequest;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/// Who may pass, in this order: a path that exists, a body that is not too large, a caller that is proven and names no
/// other tenant. What is refused is refused by a thrown or signalled [PlatformException].
final class Admission {

    private final BodyLimit bodies;
    private final ApiKeyAuthentication authentication;
    private final NamedTenant namedTenant;
    private final OpenExchanges exchanges;
    private final Passports passports;
    private final PlatformHealth health;

    Admission(
            BodyLimit bodies,
            ApiKeyAuthentication authentication,
            NamedTenant namedTenant,
            OpenExchanges exchanges,
            Passports passports,
            PlatformHealth health) {
        this.bodies = bodies;
        this.authentication = authentication;
        this.namedTenant = namedTenant;
        this.exchanges = exchanges;
        this.passports = passports;
        this.health = health;
    }

    Mono<Void> admit(ServerWebExchange exchange, Call call, WebFilterChain chain) {
        ServerHttpRequest request = exchange.getRequest();
        demandPath(request, call.route());
        if (call.route() == RouteClass.HEALTH) {
            return health(exchange);
        }
        ServerWebExchange limited = bodies.limited(exchange);
        Caller caller = proven(request, call);
        TracedRequest.find(exchange).ifPresent(traced -> traced.tenant(caller.tenantId()));
        namedTenant.demandOwn(request.getHeaders(), caller);
        call.admittedWith(passports.of(caller));
        return exchanges.until(caller, authentication::stillHolds, chain.filter(limited));
    }

    private static void demandPath(ServerHttpRequest request, RouteClass route) {
        String path = request.getPath().value();
        if (PathForm.hasDotSegment(path)) {
            throw new PlatformException(
                    ProblemType.INVALID_REQUEST, "The path has '.' or '..' segments. Send it without them.");
        }
        if (route == RouteClass.UNKNOWN) {
            throw new PlatformException(
                    ProblemType.NOT_FOUND,
                    "There is no such path. Models are called under /v1, the platform is run under /api.");
        }
    }

    private Mono<Void> health(ServerWebExchange exchange) {
        if (!exchange.getRequest().getMethod().equals(HttpMethod.GET)) {
            throw new PlatformException(ProblemType.METHOD_NOT_ALLOWED, "Health is asked for by GET.");
        }
        return health.write(exchange);
    }

    private Caller proven(ServerHttpRequest request, Call call) {
        return switch (authentication.authenticate(request.getHeaders())) {
            case Authentication.Proven(Caller caller) -> {
                call.provenAs(caller);
                yield caller;
            }
            case Authentication.Refused refused -> {
                if (refused.caller() != null) {
                    call.provenAs(refused.caller());
                }
                throw refused.problem();
            }
        };
    }
}
