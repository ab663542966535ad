package io.weir.gateway.socket;

import io.weir.gateway.call.Call;
import io.weir.gateway.call.Caller;
import io.weir.problem.PlatformException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.web.reactive.socket.CloseStatus;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketSession;
import org.springframework.web.reactive.socket.server.WebSocketService;
import org.springframework.web.reactive.socket.server.support.HandshakeWebSocketService;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;

/// Upgrades requests to sockets for Spring Cloud Gateway's routing: only where the service would open its
/// side, and only for as long as the caller has a right to it. An exchange is over for the server once it is
/// upgraded, so open sockets are watched here.
final class GuardedSockets implements WebSocketService {

    private static final Logger LOG = LoggerFactory.getLogger(GuardedSockets.class);
    // Codes of our own: they pass through proxies unchanged.
    private static final int RIGHT_ENDED = 4001;
    private static final CloseStatus STOPPING = new CloseStatus(4012, "resume with the last seq");
    private static final CloseStatus UNAVAILABLE = new CloseStatus(4013, "the service went away; try again");
    private static final Duration GOODBYE = Duration.ofMillis(500);

    private final WebSocketService sockets = new HandshakeWebSocketService();
    private final SocketPreflight preflight;
    private final LiveAnswers answers;

    GuardedSockets(SocketPreflight preflight, LiveAnswers answers) {
        this.preflight = preflight;
        this.answers = answers;
    }

    // Who cuts a connection does not wait for it.
    @Override
    @SuppressWarnings("FutureReturnValueIgnored")
    public Mono<Void> handleRequest(ServerWebExchange exchange, WebSocketHandler proxy) {
        Call call = Call.of(exchange);
        Caller caller = Objects.requireNonNull(call.caller(), "a socket without a caller");
        HttpServerRequest received = ServerHttpRequestDecorator.getNativeRequest(exchange.getRequest());
        Runnable cut =
                () -> received.withConnection(connection -> connection.channel().close());
        return preflight
                .wouldOpen(exchange)
                .flatMap(opens -> opens
                        ? sockets.handleRequest(exchange, new Guarded(proxy, answers.end(call, caller), cut))
                        : Mono.empty());
    }

    /// @param cut ends the connection, whatever waits to be written
    private record Guarded(WebSocketHandler proxy, Mono<Void> end, Runnable cut) implements WebSocketHandler {

        @Override
        public List<String> getSubProtocols() {
            return proxy.getSubProtocols();
        }

        // The goodbye goes first: giving up the other side would close the socket with a code of its own. Once it is
        // on its way, the other side's end must not cut it short.
        @Override
        public Mono<Void> handle(WebSocketSession session) {
            AtomicBoolean leaving = new AtomicBoolean();
            Mono<Void> ended = end.materialize().flatMap(signal -> {
                leaving.set(true);
                return goodbye(session, status(signal.getThrowable()));
            });
            Mono<Void> proxied = proxy.handle(session)
                    .onErrorResume(failure -> leaving.get() ? Mono.empty() : givenUp(session, failure))
                    .then(Mono.defer(() -> leaving.get() ? Mono.never() : Mono.empty()));
            return Mono.firstWithSignal(proxied, ended);
        }

        private static Mono<Void> givenUp(WebSocketSession session, Throwable failure) {
            LOG.warn("The service's side of a socket failed: {}", failure.toString());
            return session.close(UNAVAILABLE);
        }

        private Mono<Void> goodbye(WebSocketSession session, CloseStatus status) {
            return session.close(status).timeout(GOODBYE).onErrorComplete().then(Mono.fromRunnable(cut));
        }

        private static CloseStatus status(@Nullable Throwable why) {
            return why instanceof PlatformException problem
                    ? new CloseStatus(RIGHT_ENDED, problem.type().code())
                    : STOPPING;
        }
    }
}
