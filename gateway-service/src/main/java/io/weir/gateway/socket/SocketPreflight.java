package io.weir.gateway.socket;

import io.weir.gateway.call.Call;
import io.weir.gateway.routing.ServicesProperties;
import io.weir.security.ClientAddress;
import io.weir.security.Passport;
import java.net.URI;
import java.time.Duration;
import java.util.Objects;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientResponse;

/// Asks the service whether it would open a socket, before this side is upgraded: an upgraded request has no
/// status left to refuse with.
final class SocketPreflight {

    private static final int WOULD_OPEN = 426;
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final HttpClient client;
    private final URI analytics;

    SocketPreflight(HttpClient client, ServicesProperties services) {
        this.client = client.responseTimeout(LIMIT);
        this.analytics = services.analytics();
    }

    private record Answer(int status, String contentType, String retry, byte[] body) {}

    /// Where it would not, the service's answer has been given to the caller when this says so.
    Mono<Boolean> wouldOpen(ServerWebExchange exchange) {
        Call call = Call.of(exchange);
        String passport = Objects.requireNonNull(call.passport(), "a socket without a passport");
        String query = exchange.getRequest().getURI().getRawQuery();
        return client.headers(headers -> headers.set(Passport.HEADER, passport)
                        .set("x-request-id", call.requestId())
                        .set(ClientAddress.HEADER, call.clientAddress().getHostAddress()))
                .get()
                .uri(analytics + "/ws/costs" + (query == null ? "" : "?" + query))
                .responseSingle((head, body) ->
                        body.asByteArray().defaultIfEmpty(new byte[0]).map(bytes -> answer(head, bytes)))
                .flatMap(answer -> answer.status() == WOULD_OPEN
                        ? Mono.just(true)
                        : relay(exchange.getResponse(), answer).thenReturn(false));
    }

    private static Answer answer(HttpClientResponse head, byte[] body) {
        return new Answer(
                head.status().code(),
                head.responseHeaders().get("content-type", "application/problem+json"),
                head.responseHeaders().get("x-should-retry", "false"),
                body);
    }

    private static Mono<Void> relay(ServerHttpResponse response, Answer answer) {
        response.setStatusCode(HttpStatusCode.valueOf(answer.status()));
        response.getHeaders().set("content-type", answer.contentType());
        response.getHeaders().set("x-should-retry", answer.retry());
        return response.writeWith(
                Mono.fromSupplier(() -> response.bufferFactory().wrap(answer.body())));
    }
}
