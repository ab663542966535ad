package io.weir.gateway.edge;

import io.weir.gateway.access.Access;
import io.weir.gateway.access.Finished;
import io.weir.gateway.call.Call;
import io.weir.gateway.call.Caller;
import io.weir.gateway.call.RequestIds;
import io.weir.gateway.call.RouteClass;
import io.weir.gateway.ending.AnswerCutException;
import io.weir.gateway.routing.UpstreamFailure;
import io.weir.observability.RequestLogContext;
import io.weir.observability.TracedRequest;
import io.weir.problem.PlatformException;
import io.weir.problem.webflux.ProblemWebExceptionHandler;
import io.weir.security.AddressRanges;
import io.weir.security.ClientAddress;
import java.time.InstantSource;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SignalType;
import reactor.netty.http.server.HttpServerRequest;

/// Around everything: gives the request its id, has it admitted, turns every failure into an answer, and notes
/// the end.
final class EdgeFilter implements WebFilter, Ordered {

    private final Admission admission;
    private final ProblemWebExceptionHandler problems;
    private final Access access;
    private final InstantSource clock;

    EdgeFilter(Admission admission, ProblemWebExceptionHandler problems, Access access, InstantSource clock) {
        this.admission = admission;
        this.problems = problems;
        this.access = access;
        this.clock = clock;
    }

    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE + 20;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        String requestId = RequestIds.next(clock.millis(), ThreadLocalRandom.current());
        Call call = call(requestId, exchange.getRequest());
        call.attachTo(exchange);
        exchange.getAttributes().put(ProblemWebExceptionHandler.REQUEST_ID, requestId);
        exchange.getResponse().beforeCommit(() -> {
            AnswerHeaders.complete(
                    exchange.getResponse(),
                    call,
                    exchange.getRequest().getPath().value());
            return Mono.empty();
        });
        return Mono.defer(() -> admission.admit(exchange, call, chain))
                .onErrorResume(failure -> refuse(exchange, call, failure))
                .doFinally(signal -> end(exchange, call, signal));
    }

    // Address and scheme were written by the step before.
    private static Call call(String requestId, ServerHttpRequest request) {
        HttpHeaders headers = request.getHeaders();
        String address = Objects.requireNonNull(headers.getFirst(ClientAddress.HEADER), "no client address");
        return new Call(
                requestId,
                RouteClass.of(request.getPath().value()),
                System.nanoTime(),
                AddressRanges.address(address),
                "https".equals(headers.getFirst(EdgeHandler.SCHEME)));
    }

    private Mono<Void> refuse(ServerWebExchange exchange, Call call, Throwable failure) {
        if (failure instanceof AnswerCutException begun) {
            call.refusedWith(begun.reason().type().code());
            return Mono.fromRunnable(() -> cut(exchange));
        }
        Throwable known = UpstreamFailure.translated(failure);
        call.refusedWith(
                known instanceof PlatformException problem ? problem.type().code() : "internal_error");
        if (!known.equals(failure)) {
            call.failedBy(failure);
        }
        if (exchange.getResponse().isCommitted()) {
            return Mono.fromRunnable(() -> cut(exchange));
        }
        Caller caller = call.caller();
        try (RequestLogContext.Scope _ =
                new RequestLogContext(caller == null ? null : caller.tenantId(), call.requestId()).open()) {
            return problems.handle(exchange, known);
        }
    }

    // Before the exchange is over, so that what was sent is never finished as if it were whole. Who cuts a connection
    // does not wait for it.
    @SuppressWarnings("FutureReturnValueIgnored")
    private static void cut(ServerWebExchange exchange) {
        HttpServerRequest received = ServerHttpRequestDecorator.getNativeRequest(exchange.getRequest());
        received.withConnection(connection -> connection.channel().close());
    }

    private void end(ServerWebExchange exchange, Call call, SignalType signal) {
        boolean left = signal == SignalType.CANCEL;
        HttpStatusCode status = exchange.getResponse().getStatusCode();
        Finished finished = new Finished(
                exchange.getRequest().getMethod().name(),
                left ? Finished.CLIENT_LEFT : status == null ? unsaid(call) : status.value(),
                System.nanoTime() - call.startedAt(),
                left,
                retryCount(exchange));
        access.ended(call, finished, TracedRequest.find(exchange));
    }

    // An upgrade is written past the response.
    private static int unsaid(Call call) {
        return call.route() == RouteClass.COST_SOCKET ? 101 : 200;
    }

    private static @Nullable Integer retryCount(ServerWebExchange exchange) {
        String count = exchange.getRequest().getHeaders().getFirst("x-stainless-retry-count");
        boolean plausible = count != null && count.length() == 1 && Character.isDigit(count.charAt(0));
        return plausible ? Integer.valueOf(count) : null;
    }
}
