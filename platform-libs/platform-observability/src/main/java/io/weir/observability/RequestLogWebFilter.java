package io.weir.observability;

import io.weir.tenancy.TenantScope;
import org.springframework.core.Ordered;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;

/// Gives a request's log lines their tenant and request id. Stands behind the passport filter, which proves the tenant.
public final class RequestLogWebFilter implements WebFilter, Ordered {

    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE + 110;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        String header = exchange.getRequest().getHeaders().getFirst("x-request-id");
        String requestId = header == null ? exchange.getRequest().getId() : header;
        return chain.filter(exchange).contextWrite(context -> entering(context, requestId, exchange));
    }

    private static Context entering(Context context, String requestId, ServerWebExchange exchange) {
        String tenant =
                TenantScope.find(context).map(found -> found.id().toString()).orElse(null);
        if (tenant != null) {
            TracedRequest.find(exchange).ifPresent(traced -> traced.tenant(tenant));
        }
        return new RequestLogContext(tenant, requestId).entering().apply(context);
    }
}
