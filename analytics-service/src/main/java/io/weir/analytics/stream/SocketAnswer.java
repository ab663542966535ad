package io.weir.analytics.stream;

import java.util.List;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ResponseCookie;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.reactive.socket.CloseStatus;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketMessage;
import org.springframework.web.reactive.socket.WebSocketSession;
import org.springframework.web.reactive.socket.server.WebSocketService;
import org.springframework.web.reactive.socket.server.support.HandshakeWebSocketService;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// The answer that becomes a socket. What a reader sends is read and ignored.
final class SocketAnswer implements ServerResponse, WebSocketHandler {

    /// The subprotocol that is agreed on where the client offers it.
    static final String PROTOCOL = "weir.costs.v1";

    private static final WebSocketService SOCKETS = new HandshakeWebSocketService();

    private final Outbox outbox;

    SocketAnswer(Outbox outbox) {
        this.outbox = outbox;
    }

    @Override
    public Mono<Void> writeTo(ServerWebExchange exchange, Context context) {
        SlowReader.giveUpOn(exchange, outbox);
        return SOCKETS.handleRequest(exchange, this).doOnError(failure -> outbox.end(Ending.LEFT));
    }

    @Override
    public List<String> getSubProtocols() {
        return List.of(PROTOCOL);
    }

    // Sending completes with the last frame written; a reader that takes none is told beside it. A goodbye on its way
    // is not cut short by the end of what the reader sends.
    @Override
    public Mono<Void> handle(WebSocketSession session) {
        Flux<WebSocketMessage> messages = outbox.frames().map(FrameJson::write).map(session::textMessage);
        // One for both, which the end of neither cancels: a goodbye that is cancelled on its way is lost.
        Mono<Void> goodbye = close(session).cache();
        Mono<Void> sent = session.send(messages).then(goodbye);
        Mono<Void> given = outbox.ended().filter(why -> why == Ending.SLOW).flatMap(why -> goodbye);
        Mono<Void> left = session.receive()
                .then()
                .onErrorComplete()
                .then(Mono.defer(
                        () -> outbox.hasEnded() ? Mono.delay(SlowReader.GRACE).then() : Mono.empty()));
        return Mono.firstWithSignal(sent, given.then(Mono.never()), left).doFinally(signal -> outbox.end(Ending.LEFT));
    }

    private Mono<Void> close(WebSocketSession session) {
        return outbox.ended().flatMap(why -> session.close(new CloseStatus(why.code(), why.reason())));
    }

    @Override
    public HttpStatusCode statusCode() {
        return HttpStatus.SWITCHING_PROTOCOLS;
    }

    @Override
    public HttpHeaders headers() {
        return HttpHeaders.EMPTY;
    }

    @Override
    public MultiValueMap<String, ResponseCookie> cookies() {
        return new LinkedMultiValueMap<>();
    }
}
