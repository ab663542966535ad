package io.weir.gateway.edge;

import io.weir.gateway.address.AllowedAddresses;
import io.weir.gateway.authentication.Authentication;
import io.weir.gateway.authentication.CallerAuthentication;
import io.weir.gateway.authentication.NamedTenant;
import io.weir.gateway.authentication.OpenExchanges;
import io.weir.gateway.call.Call;
import io.weir.gateway.call.Caller;
import io.weir.gateway.call.RouteClass;
import io.weir.gateway.ending.EndableAnswer;
import io.weir.gateway.health.PlatformHealth;
import io.weir.gateway.limit.RequestLimits;
import io.weir.gateway.passport.Passports;
import io.weir.gateway.routing.InferenceProxy;
import io.weir.gateway.socket.LiveAnswers;
import io.weir.gateway.socket.SocketAccess;
import io.weir.gateway.wire.PlainHttpRule;
import io.weir.observability.TracedRequest;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import java.util.List;
import java.util.Locale;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/// Who may pass, in this order: a request of one meaning, a path that exists, a page that somebody listed, a
/// body that is not too large, a caller that is proven, comes from an allowed address and page, names no other
/// tenant, and has not used up its limits. What is refused is refused by a thrown or signalled [PlatformException].
final class Admission {

    // Billing-service's own limit; nobody is known yet who sends more.
    private static final BodyLimit WEBHOOK_BODIES = new BodyLimit(1_048_576);

    private final RequestForm form;
    private final PlainHttpRule plainHttp;
    private final CrossOrigin pages;
    private final BodyLimit bodies;
    private final CallerAuthentication authentication;
    private final NamedTenant namedTenant;
    private final OpenExchanges exchanges;
    private final Passports passports;
    private final PlatformHealth health;
    private final SocketAccess sockets;
    private final LiveAnswers live;
    private final AllowedAddresses addresses;
    private final RequestLimits limits;
    private final InferenceProxy models;

    Admission(
            RequestForm form,
            PlainHttpRule plainHttp,
            CrossOrigin pages,
            BodyLimit bodies,
            CallerAuthentication authentication,
            NamedTenant namedTenant,
            OpenExchanges exchanges,
            Passports passports,
            PlatformHealth health,
            SocketAccess sockets,
            LiveAnswers live,
            AllowedAddresses addresses,
            RequestLimits limits,
            InferenceProxy models) {
        this.form = form;
        this.plainHttp = plainHttp;
        this.pages = pages;
        this.bodies = bodies;
        this.authentication = authentication;
        this.namedTenant = namedTenant;
        this.exchanges = exchanges;
        this.passports = passports;
        this.health = health;
        this.sockets = sockets;
        this.live = live;
        this.addresses = addresses;
        this.limits = limits;
        this.models = models;
    }

    Mono<Void> admit(ServerWebExchange exchange, Call call, WebFilterChain chain) {
        ServerHttpRequest request = exchange.getRequest();
        form.demand(request, call.route());
        plainHttp.demand(call);
        demandPath(call.route());
        demandNoUpgrade(request, call.route());
        pages.demandKnown(request, call);
        if (request.getMethod().equals(HttpMethod.OPTIONS)) {
            return options(exchange);
        }
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
        String named = namedTenant.named(request.getHeaders());
        Mono<Authentication> authenticated = call.route() == RouteClass.COST_SOCKET
                ? sockets.authenticate(request, named)
                : authentication.authenticate(request.getHeaders(), named);
        return authenticated.flatMap(came -> admit(limited, call, proven(came, call), chain));
    }

    private Mono<Void> admit(ServerWebExchange exchange, Call call, Caller caller, WebFilterChain chain) {
        demandPlace(exchange.getRequest(), call, caller);
        TracedRequest.find(exchange).ifPresent(traced -> traced.tenant(caller.tenantId()));
        namedTenant.demandOwn(exchange.getRequest().getHeaders(), caller);
        call.route().demand(caller);
        Mono<Void> served = Mono.defer(() -> serve(exchange, call, caller, chain));
        return limits.guard(call, exchange.getRequest().getMethod(), caller, served);
    }

    private Mono<Void> serve(ServerWebExchange exchange, Call call, Caller caller, WebFilterChain chain) {
        call.admittedWith(passports.of(caller));
        String path = exchange.getRequest().getPath().value();
        EndableAnswer answer = new EndableAnswer(exchange.getResponse(), path, call.requestId());
        ServerWebExchange endable = exchange.mutate().response(answer).build();
        Mono<Void> given = switch (call.route()) {
            case INFERENCE -> models.forward(endable);
            case SOCKET_TICKETS -> Mono.defer(() -> sockets.issue(endable, caller));
            default -> chain.filter(endable);
        };
        return whileAllowed(call, caller, given, answer).doOnSuccess(done -> {
            PlatformException reason = answer.reason();
            if (reason != null) {
                call.refusedWith(reason.type().code());
                if (reason.getCause() != null) {
                    call.failedBy(reason.getCause());
                }
            }
        });
    }

    private Mono<Void> whileAllowed(Call call, Caller caller, Mono<Void> given, EndableAnswer answer) {
        return call.route() == RouteClass.COST_EVENTS
                ? live.until(call, caller, given, answer::end)
                : exchanges.until(caller, now -> addresses.refusal(now, call.clientAddress()), given, answer::end);
    }

    // From which address and from which page.
    private void demandPlace(ServerHttpRequest request, Call call, Caller caller) {
        PlatformException refusal = addresses.refusal(caller, call.clientAddress());
        if (refusal != null) {
            throw refusal;
        }
        pages.demandAllowed(request, call, caller);
    }

    private Mono<Void> options(ServerWebExchange exchange) {
        if (RequestForm.isPreflight(exchange.getRequest())) {
            return pages.preflight(exchange);
        }
        throw new PlatformException(
                ProblemType.METHOD_NOT_ALLOWED, "OPTIONS is answered to a browser's preflight alone.");
    }

    private static void demandPath(RouteClass route) {
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
