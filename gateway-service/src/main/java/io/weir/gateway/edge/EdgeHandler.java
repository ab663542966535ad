package io.weir.gateway.edge;

import io.netty.handler.codec.http.HttpHeaders;
import io.weir.gateway.address.ClientAddresses;
import io.weir.gateway.authentication.NamedTenant;
import io.weir.gateway.call.RouteClass;
import io.weir.gateway.routing.ContextHeaders;
import io.weir.security.ClientAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.http.server.reactive.ServerHttpResponse;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;

/// The very first step: takes away every header that would pass for our own context, before anything, tracing
/// included, can read it; and tidies the path.
final class EdgeHandler implements HttpHandler {

    /// What the caller's own connection is, in words: `http` or `https`. Ours: a client's is taken away.
    static final String SCHEME = "x-weir-client-scheme";

    private static final String HTTPS = "https";

    private final HttpHandler next;
    private final ClientAddresses addresses;
    private final boolean trustTrace;

    EdgeHandler(HttpHandler next, ClientAddresses addresses, boolean trustTrace) {
        this.next = next;
        this.addresses = addresses;
        this.trustTrace = trustTrace;
    }

    @Override
    public Mono<Void> handle(ServerHttpRequest request, ServerHttpResponse response) {
        HttpServerRequest received = ServerHttpRequestDecorator.getNativeRequest(request);
        rewrite(received);
        String path = request.getURI().getRawPath();
        String tidied = PathForm.tidied(path);
        return next.handle(
                tidied.length() == path.length() || isExact(tidied)
                        ? request
                        : request.mutate().path(tidied).build(),
                response);
    }

    // What needs no key has one spelling.
    private static boolean isExact(String path) {
        return RouteClass.of(path) == RouteClass.STRIPE_WEBHOOK;
    }

    // In place: the request's headers are a view of these.
    private void rewrite(HttpServerRequest received) {
        HttpHeaders headers = received.requestHeaders();
        InetSocketAddress peer = (InetSocketAddress)
                Objects.requireNonNull(received.connectionRemoteAddress(), "a request from nowhere");
        String address = addresses.of(peer, headers).getHostAddress();
        String scheme = scheme(received, peer);
        strip(headers);
        headers.set(ClientAddress.HEADER, address);
        headers.set(SCHEME, scheme);
    }

    // A trusted proxy says whether it was called over TLS; the last word of the last line is the nearest
    // one's.
    private String scheme(HttpServerRequest received, InetSocketAddress peer) {
        List<String> lines =
                addresses.isTrusted(peer) ? received.requestHeaders().getAll("x-forwarded-proto") : List.of();
        if (lines.isEmpty()) {
            return received.scheme();
        }
        String forwarded = lines.getLast();
        String nearest = forwarded.substring(forwarded.lastIndexOf(',') + 1).strip();
        return HTTPS.equalsIgnoreCase(nearest) ? HTTPS : "http";
    }

    private void strip(HttpHeaders headers) {
        List<CharSequence> foreign = new ArrayList<>(2);
        Iterator<Map.Entry<CharSequence, CharSequence>> all = headers.iteratorCharSequence();
        while (all.hasNext()) {
            CharSequence name = all.next().getKey();
            if (isForeign(name)) {
                foreign.add(name);
            }
        }
        foreign.forEach(headers::remove);
    }

    // A named tenant is compared with the caller's later, and not passed on either.
    private boolean isForeign(CharSequence name) {
        if (ContextHeaders.isTrace(name)) {
            return !trustTrace;
        }
        return ContextHeaders.isContext(name) && !NamedTenant.SLUG_HEADER.equalsIgnoreCase(name.toString());
    }
}
