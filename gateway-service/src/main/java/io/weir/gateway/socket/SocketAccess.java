package io.weir.gateway.socket;

import io.weir.gateway.authentication.Authentication;
import io.weir.gateway.authentication.CallerAuthentication;
import io.weir.gateway.call.Caller;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

/// Who may open a socket, and tickets for who cannot send a key from where it opens it.
public final class SocketAccess {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final CallerAuthentication authentication;
    private final SocketTickets tickets;

    SocketAccess(CallerAuthentication authentication, SocketTickets tickets) {
        this.authentication = authentication;
        this.tickets = tickets;
    }

    /// Throws a 400 problem naming the parameter where a secret stands in the query.
    public void demandNoSecretInQuery(ServerHttpRequest request) {
        SocketRequest.demandNoSecretInQuery(request);
    }

    /// What the request's key or ticket comes to; a key in a header goes first. Takes both out of the
    /// subprotocols, whatever comes of it. A ticket is used up by this, even where the socket is refused
    /// afterwards.
    ///
    /// Throws a 400 problem where it is no request for a socket. Fails with a 503 problem where a ticket cannot
    /// be looked up.
    public Mono<Authentication> authenticate(ServerHttpRequest request, @Nullable String named) {
        SocketRequest asked = SocketRequest.take(request);
        if (authentication.isPresented(request.getHeaders())) {
            return authentication.authenticate(request.getHeaders(), named);
        }
        return switch (asked) {
            case SocketRequest.WithKey(String key) -> authentication.authenticate(key, named);
            case SocketRequest.WithTicket(String ticket) ->
                tickets.redeem(ticket)
                        .map(authentication::ofTicket)
                        .defaultIfEmpty(new Authentication.Refused(
                                new PlatformException(
                                        ProblemType.INVALID_API_KEY,
                                        "This ticket was used, has expired, or never was one. Get a new one from"
                                                + " POST /ws/tickets; it opens one socket, within "
                                                + SocketTickets.LIFETIME.toSeconds() + " s."),
                                null));
            case SocketRequest.Plain plain -> authentication.authenticate(request.getHeaders(), named);
        };
    }

    /// Answers 201 with a ticket. Throws a 405 problem for any method but POST; fails with a 503 problem where
    /// Redis is away.
    public Mono<Void> issue(ServerWebExchange exchange, Caller caller) {
        if (!exchange.getRequest().getMethod().equals(HttpMethod.POST)) {
            throw new PlatformException(ProblemType.METHOD_NOT_ALLOWED, "A ticket is asked for by POST.");
        }
        return tickets.issue(authentication.ticketOf(caller)).flatMap(ticket -> {
            ServerHttpResponse response = exchange.getResponse();
            response.setStatusCode(HttpStatus.CREATED);
            response.getHeaders().setContentType(MediaType.APPLICATION_JSON);
            return response.writeWith(
                    Mono.fromSupplier(() -> response.bufferFactory().wrap(JSON.writeValueAsBytes(ticket))));
        });
    }
}
