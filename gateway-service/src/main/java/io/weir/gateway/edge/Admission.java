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
import io.weir.gateway.socket.LiveAnswers;
import io.weir.gateway.socket.SocketAccess;
import io.weir.observability.TracedRequest;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/// Who may pass, in this order: a path that exists, a body that is not too large, a caller that is proven and names no
/// other tenant. What is refused is refused by a thrown or signalled [PlatformException].
final class Admission {

    // Billing-service's own limit; nobody is known yet who sends more.
    private static final BodyLimit WEBHOOK_BODIES = new BodyLimit(1_048_576);

    private final BodyLimit bodies;
    private final ApiKeyAuthentication authentication;
    private final NamedTenant namedTenant;
    private final OpenExchanges exchanges;
    private final Passports passports;
    private final PlatformHealth health;
    private final SocketAccess sockets;
    private final LiveAnswers live;
    private final Set<String> allowedOrigins;

    Admission(
            BodyLimit bodies,
            ApiKeyAuthentication authentication,
            NamedTenant namedTenant,
            OpenExchanges exchanges,
            Passports passports,
            PlatformHealth health,
            SocketAccess sockets,
            LiveAnswers live,
            Set<String> allowedOrigins) {
        this.bodies = bodies;
        this.authentication = authentication;
        this.namedTenant = namedTenant;
        this.exchanges = exchanges;
        this.passports = passports;
        this.health = health;
        this.sockets = sockets;
        this.live = live;
        this.allowedOrigins = Set.copyOf(allowedOrigins);
    }

    Mono<Void> admit(ServerWebExchange exchange, Call call, WebFilterChain chain) {
        ServerHttpRequest request = exchange.getRequest();
        demandPath(request, call.route());
        demandNoUpgrade(request, call.route());
        if (call.route() == RouteClass.HEALTH) {
            return health(exchange);
        }
        if (call.route() == RouteClass.STRIPE_WEBHOOK) {
            return webhook(exchange, chain);
        }
        if (call.route().isLive() || call.route() == RouteClass.SOCKET_TICKETS) {
            sockets.demandNoSecretInQuery(request);
        }
        ServerWebExchange limited = bodies.limited(exchange);
        return call.route() == RouteClass.COST_SOCKET
                ? sockets.authenticate(request, allowedOrigins)
                        .flatMap(came -> admit(limited, call, proven(came, call), chain))
                : admit(limited, call, proven(authentication.authenticate(request.getHeaders()), call), chain);
    }

    private Mono<Void> admit(ServerWebExchange exchange, Call call, Caller caller, WebFilterChain chain) {
        TracedRequest.find(exchange).ifPresent(traced -> traced.tenant(caller.tenantId()));
        namedTenant.demandOwn(exchange.getRequest().getHeaders(), caller);
        call.admittedWith(passports.of(caller));
        return switch (call.route()) {
            case SOCKET_TICKETS -> exchanges.until(caller, sockets.issue(exchange, caller));
            case COST_EVENTS -> live.until(caller, chain.filter(exchange));
            default -> exchanges.until(caller, chain.filter(exchange));
        };
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

    // Routing would turn any route into a socket's.
    private static void demandNoUpgrade(ServerHttpRequest request, RouteClass route) {
        if (route == RouteClass.COST_SOCKET) {
            return;
        }
        for (String protocol : request.getHeaders().getOrDefault(HttpHeaders.UPGRADE, List.of())) {
            if (protocol.toLowerCase(Locale.ROOT).contains("websocket")) {
                throw PlatformException.invalid(
                        "upgrade",
                        "This path is no WebSocket. Send the request without the header 'Upgrade'; the one socket is"
                                + " /ws/costs.");
            }
        }
    }

    // Without a key and without a passport: the service behind believes the signature alone.
    private static Mono<Void> webhook(ServerWebExchange exchange, WebFilterChain chain) {
        if (!exchange.getRequest().getMethod().equals(HttpMethod.POST)) {
            throw new PlatformException(ProblemType.METHOD_NOT_ALLOWED, "Events are sent by POST.");
        }
        return chain.filter(WEBHOOK_BODIES.limited(exchange));
    }

    private Mono<Void> health(ServerWebExchange exchange) {
        if (!exchange.getRequest().getMethod().equals(HttpMethod.GET)) {
            throw new PlatformException(ProblemType.METHOD_NOT_ALLOWED, "Health is asked for by GET.");
        }
        return health.write(exchange);
    }

    private static Caller proven(Authentication came, Call call) {
        return switch (came) {
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
