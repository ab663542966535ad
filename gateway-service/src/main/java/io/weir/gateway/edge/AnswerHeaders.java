package io.weir.gateway.edge;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpResponse;

/// What every answer carries, whoever wrote it.
final class AnswerHeaders {

    private static final String CSP = "content-security-policy";
    private static final String NOTHING_IS_LOADED = "default-src 'none'";

    private AnswerHeaders() {}

    /// A page from behind may allow its own styles; a policy of another beginning than `default-src 'none'` is
    /// replaced. To be called just before the answer's head is sent.
    static void complete(ServerHttpResponse response, String requestId) {
        HttpHeaders headers = response.getHeaders();
        headers.set("x-request-id", requestId);
        headers.set("x-content-type-options", "nosniff");
        headers.set("x-frame-options", "DENY");
        headers.set("referrer-policy", "no-referrer");
        String own = headers.getFirst(CSP);
        if (own == null || !own.startsWith(NOTHING_IS_LOADED + ";")) {
            headers.set(CSP, NOTHING_IS_LOADED + "; frame-ancestors 'none'");
        }
        headers.set("strict-transport-security", "max-age=31536000; includeSubDomains");
        headers.remove("server");
        if (!headers.containsHeader(HttpHeaders.CACHE_CONTROL)) {
            headers.set(HttpHeaders.CACHE_CONTROL, "no-store");
        }
        if (HttpStatus.UNAUTHORIZED.equals(response.getStatusCode())) {
            headers.set(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
        }
    }
}
