package io.weir.gateway.routing;

import io.micrometer.tracing.propagation.Propagator;
import io.weir.gateway.call.Call;
import io.weir.gateway.call.Caller;
import io.weir.gateway.call.RouteClass;
import io.weir.observability.TracedRequest;
import io.weir.security.ClientAddress;
import io.weir.security.Passport;
import java.util.Locale;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.filter.headers.HttpHeadersFilter;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;

/// The headers of the request to a service: the client's without credentials and context, and ours.
@Component
final class ForwardedRequest implements HttpHeadersFilter, Ordered {

    private static final Set<String> CREDENTIALS = Set.of("authorization", "x-api-key", "cookie");

    private final Propagator propagator;

    ForwardedRequest(Propagator propagator) {
        this.propagator = propagator;
    }

    // The last: what is set here stays, whatever a client's Connection header names.
    @Override
    public int getOrder() {
        return Ordered.LOWEST_PRECEDENCE;
    }

    @Override
    public boolean supports(Type type) {
        return type == Type.REQUEST;
    }

    @Override
    public HttpHeaders filter(HttpHeaders input, ServerWebExchange exchange) {
        HttpHeaders out = new HttpHeaders();
        input.forEach((name, values) -> {
            if (!isDropped(name.toLowerCase(Locale.ROOT))) {
                out.addAll(name, values);
            }
        });
        addOurs(exchange, out::set);
        return out;
    }

    /// Whether a client's header of that name, in lower case, goes no further.
    static boolean isDropped(String name) {
        // A socket's own are written anew where one is opened.
        return CREDENTIALS.contains(name)
                || name.startsWith("sec-websocket-")
                || ContextHeaders.isContext(name)
                || ContextHeaders.isTrace(name);
    }

    /// Sets, in place of what is there, the headers by which the service knows request, caller and trace.
    void addOurs(ServerWebExchange exchange, BiConsumer<String, String> out) {
        Call call = Call.of(exchange);
        out.accept("x-request-id", call.requestId());
        out.accept(ClientAddress.HEADER, call.clientAddress().getHostAddress());
        // For traces and logs; no service trusts it.
        TracedRequest.find(exchange)
                .ifPresent(traced -> propagator.inject(traced.span().context(), out, ForwardedRequest::set));
        if (call.route() != RouteClass.STRIPE_WEBHOOK) {
            addCaller(call, out);
        }
    }

    private static void addCaller(Call call, BiConsumer<String, String> out) {
        Caller caller = call.caller();
        String passport = call.passport();
        if (caller == null || passport == null) {
            throw new IllegalStateException("request " + call.requestId() + " is forwarded without a passport");
        }
        out.accept(Passport.HEADER, passport);
        out.accept("baggage", "tenant.id=" + caller.tenantId());
    }

    private static void set(@Nullable BiConsumer<String, String> out, String name, String value) {
        if (out != null) {
            out.accept(name, value);
        }
    }
}
