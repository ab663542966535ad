package io.weir.audit.webflux;

import io.weir.audit.AuditContext;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/// Enters the request into the Reactor context as audit events name it. Runs behind the passport filter:
/// the headers are the gateway's, which takes away a client's own.
public final class AuditWebFilter implements WebFilter, Ordered {

    /// The header in which the gateway stamps the client's address.
    public static final String CLIENT_ADDRESS = "x-weir-client-address";

    // 00-<trace id>-<span id>-<flags>
    private static final int TRACE_START = 3;
    private static final int TRACE_END = 35;

    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE + 110;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        HttpHeaders headers = exchange.getRequest().getHeaders();
        AuditContext.Request request = new AuditContext.Request(
                headers.getFirst(CLIENT_ADDRESS),
                headers.getFirst("x-request-id"),
                traceId(headers.getFirst("traceparent")));
        return chain.filter(exchange).contextWrite(request.entering());
    }

    private static @Nullable String traceId(@Nullable String traceparent) {
        return traceparent == null || traceparent.length() < TRACE_END
                ? null
                : traceparent.substring(TRACE_START, TRACE_END);
    }
}
