package io.weir.analytics.stream;

import java.time.Duration;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;

/// Cuts the connection of a reader that does not even take its goodbye: what it would have to read first
/// keeps any close frame, or the end of an answer, from it for ever.
final class SlowReader {

    /// From the end of a stream to the end of its connection, at most.
    static final Duration GRACE = Duration.ofSeconds(5);

    private SlowReader() {}

    /// Once the outbox has ended, and the grace is over. A connection that ends with a failure ends this, too: an
    /// error of the other publisher would neither cancel the wait nor be told to anybody.
    @SuppressWarnings("FutureReturnValueIgnored")
    static void giveUpOn(ServerWebExchange exchange, Outbox outbox) {
        HttpServerRequest request = ServerHttpRequestDecorator.getNativeRequest(exchange.getRequest());
        request.withConnection(connection -> outbox.ended()
                .filter(why -> why != Ending.LEFT)
                .flatMap(why -> Mono.delay(GRACE))
                .takeUntilOther(connection.onDispose().onErrorComplete())
                .subscribe(over -> connection.channel().close()));
    }
}
