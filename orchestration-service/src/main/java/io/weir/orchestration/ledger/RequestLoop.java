package io.weir.orchestration.ledger;

import io.netty.channel.EventLoop;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.netty.http.server.HttpServerRequest;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/// The event loop that a request came by. What goes on with the request after somebody else's thread had it goes on
/// there: the provider's connection and the client's are then the same thread's, and a call changes threads no more
/// often than it must. Safe for use by many threads.
final class RequestLoop implements WebFilter {

    // As many as there are event loops, for as long as the process lives.
    private static final Map<EventLoop, Scheduler> SCHEDULERS = new ConcurrentHashMap<>();

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        return chain.filter(exchange).contextWrite(context -> in(context, exchange));
    }

    private static Context in(Context context, ServerWebExchange exchange) {
        AtomicReference<EventLoop> loop = new AtomicReference<>();
        HttpServerRequest received = ServerHttpRequestDecorator.getNativeRequest(exchange.getRequest());
        received.withConnection(connection -> loop.set(connection.channel().eventLoop()));
        EventLoop found = loop.get();
        return found == null
                ? context
                : context.put(RequestLoop.class, SCHEDULERS.computeIfAbsent(found, Schedulers::fromExecutor));
    }

    /// Where the request goes on; work without one goes on where computing is done.
    static Scheduler of(ContextView context) {
        Scheduler loop = context.getOrDefault(RequestLoop.class, null);
        return loop == null ? Schedulers.parallel() : loop;
    }
}
