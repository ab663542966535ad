package io.weir.gateway.edge;

import io.netty.handler.codec.http.HttpHeaders;
import io.weir.gateway.call.RouteClass;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import reactor.netty.http.server.HttpServerRequest;

/// What a request must look like before anybody asks who sent it. What two programs on the way could read in
/// two ways is refused by a thrown [PlatformException]: nothing of it is mended.
final class RequestForm {

    private static final Set<String> METHODS = Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");
    private static final List<String> ONCE = List.of("authorization", "x-api-key", "content-type", "content-length");
    private static final String BEARER = "Bearer ";

    private final Hosts hosts;

    RequestForm(Hosts hosts) {
        this.hosts = hosts;
    }

    void demand(ServerHttpRequest request, RouteClass route) {
        HttpServerRequest received = ServerHttpRequestDecorator.getNativeRequest(request);
        demandMethod(request);
        demandHost(received);
        demandOnce(received.requestHeaders());
        demandOneCaller(received.requestHeaders());
        demandPath(request.getPath().value(), route);
    }

    private static void demandMethod(ServerHttpRequest request) {
        if (!METHODS.contains(request.getMethod().name())) {
            throw new PlatformException(
                    ProblemType.METHOD_NOT_ALLOWED,
                    "No path takes that method. The API reference names those of each.");
        }
    }

    private void demandHost(HttpServerRequest received) {
        List<String> named = received.requestHeaders().getAll("host");
        if (named.size() != 1) {
            throw PlatformException.invalid("host", "The request needs exactly one 'Host' header.");
        }
        String host = named.getFirst();
        String name = Hosts.name(host)
                .orElseThrow(() -> PlatformException.invalid(
                        "host", "The 'Host' header is no host name or address, with or without a port."));
        if (!hosts.serve(name)) {
            throw PlatformException.invalid(
                    "host",
                    "This gateway is not called by that host name. Use its own, or ask its operator to add yours to"
                            + " weir.gateway.hosts.");
        }
        demandSameAuthority(received.uri(), host);
    }

    // The target may repeat scheme and host; then they must agree with the header.
    private static void demandSameAuthority(String target, String host) {
        if (target.indexOf('#') >= 0) {
            throw PlatformException.invalid("target", "The request's target has a fragment ('#'). Send it without.");
        }
        if (target.startsWith("/")) {
            return;
        }
        String lower = target.toLowerCase(Locale.ROOT);
        int start = lower.startsWith("http://") ? 7 : lower.startsWith("https://") ? 8 : -1;
        if (start < 0) {
            throw PlatformException.invalid("target", "The request's target must be a path, such as /v1/models.");
        }
        int end = start;
        while (end < target.length() && "/?#".indexOf(target.charAt(end)) < 0) {
            end++;
        }
        if (!target.substring(start, end).equalsIgnoreCase(host)) {
            throw PlatformException.invalid(
                    "host", "The request's target names another host than its 'Host' header. Send the same in both.");
        }
    }

    private static void demandOnce(HttpHeaders headers) {
        for (String name : ONCE) {
            if (headers.contains(name) && headers.getAll(name).size() > 1) {
                throw PlatformException.invalid(name, "The header '" + name + "' must stand there once.");
            }
        }
    }

    // Some clients send their key in both headers; two that differ are two callers.
    private static void demandOneCaller(HttpHeaders headers) {
        String authorization = headers.get("authorization");
        String key = headers.get("x-api-key");
        if (authorization == null || key == null) {
            return;
        }
        boolean bearer = authorization.regionMatches(true, 0, BEARER, 0, BEARER.length());
        String token = bearer ? authorization.substring(BEARER.length()) : authorization;
        if (!token.strip().equals(key.strip())) {
            throw PlatformException.invalid(
                    "x-api-key",
                    "The headers 'authorization' and 'x-api-key' hold different credentials. Send one of them.");
        }
    }

    private static void demandPath(String path, RouteClass route) {
        if (PathForm.hasDotSegment(path)) {
            throw PlatformException.invalid("path", "The path has '.' or '..' segments. Send it without them.");
        }
        String oddity = PathForm.oddity(path, route == RouteClass.INFERENCE);
        if (oddity != null) {
            throw PlatformException.invalid("path", "The path has " + oddity + ". Send it without.");
        }
    }

    /// Whether a page asks whether it may call, as browsers do.
    static boolean isPreflight(ServerHttpRequest request) {
        return request.getMethod().name().equals("OPTIONS")
                && request.getHeaders().containsHeader("origin")
                && request.getHeaders().containsHeader("access-control-request-method");
    }

    /// Whether the page's origin is the request's own host.
    static boolean isSameOrigin(ServerHttpRequest request, String origin) {
        try {
            String authority = URI.create(origin).getRawAuthority();
            String host = request.getHeaders().getFirst("host");
            return authority != null && authority.equalsIgnoreCase(host);
        } catch (IllegalArgumentException none) {
            return false;
        }
    }
}
