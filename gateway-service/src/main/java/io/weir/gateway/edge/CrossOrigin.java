package io.weir.gateway.edge;

import io.weir.gateway.call.Call;
import io.weir.gateway.call.Caller;
import io.weir.gateway.origin.Origins;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/// Calls from web pages of other origins (CORS). Refused unless the origin is listed; never with cookies, which
/// the gateway does not read.
final class CrossOrigin {

    private static final Pattern HEADER_NAMES = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z, \\t-]{0,1000}");
    private static final String METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE";
    private static final String REMEMBERED_SECONDS = "600";

    private final Origins origins;

    CrossOrigin(Origins origins) {
        this.origins = origins;
    }

    /// Throws a 403 [PlatformException] where nobody has listed the page's origin. What follows may be read by
    /// the page even where it is a refusal.
    void demandKnown(ServerHttpRequest request, Call call) {
        String origin = foreignOrigin(request);
        if (origin == null) {
            return;
        }
        if (!origins.isKnown(origin)) {
            throw refused();
        }
        call.readableBy(origin);
    }

    /// Throws a 403 [PlatformException] where the caller's own tenant has not.
    void demandAllowed(ServerHttpRequest request, Call call, Caller caller) {
        String origin = foreignOrigin(request);
        if (origin != null && !origins.isAllowed(origin, caller)) {
            call.readableBy(null);
            throw refused();
        }
    }

    /// Answers the browser's question whether a page may call. To be asked after [#demandKnown].
    Mono<Void> preflight(ServerWebExchange exchange) {
        ServerHttpResponse response = exchange.getResponse();
        HttpHeaders asked = exchange.getRequest().getHeaders();
        HttpHeaders headers = response.getHeaders();
        response.setStatusCode(HttpStatus.NO_CONTENT);
        headers.set(HttpHeaders.ACCESS_CONTROL_ALLOW_METHODS, METHODS);
        String names = asked.getFirst(HttpHeaders.ACCESS_CONTROL_REQUEST_HEADERS);
        if (names != null && HEADER_NAMES.matcher(names).matches()) {
            headers.set(HttpHeaders.ACCESS_CONTROL_ALLOW_HEADERS, names);
        }
        headers.set(HttpHeaders.ACCESS_CONTROL_MAX_AGE, REMEMBERED_SECONDS);
        headers.add(HttpHeaders.VARY, HttpHeaders.ACCESS_CONTROL_REQUEST_METHOD);
        headers.add(HttpHeaders.VARY, HttpHeaders.ACCESS_CONTROL_REQUEST_HEADERS);
        return response.setComplete();
    }

    // Null where the request comes from no page, or from one of the gateway's own.
    private static @Nullable String foreignOrigin(ServerHttpRequest request) {
        String origin = request.getHeaders().getFirst(HttpHeaders.ORIGIN);
        return origin == null || RequestForm.isSameOrigin(request, origin) ? null : origin;
    }

    private static PlatformException refused() {
        return new PlatformException(
                ProblemType.PERMISSION_DENIED,
                "Pages of this origin may not call. List the origin in the tenant's setting cors.allowedOrigins, or"
                        + " ask the platform's operator to add it to weir.gateway.allowed-origins.");
    }
}
