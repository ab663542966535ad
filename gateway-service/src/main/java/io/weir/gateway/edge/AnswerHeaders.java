package io.weir.gateway.edge;

import io.weir.gateway.call.Allowance;
import io.weir.gateway.call.Call;
import io.weir.gateway.wire.SecurityHeaders;
import io.weir.problem.ErrorShape;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpResponse;

/// What every answer carries, whoever wrote it.
final class AnswerHeaders {

    private static final String NOTHING_IS_LOADED = "default-src 'none'";
    private static final String NO_TRANSFORM = "no-transform";
    // What a page's program may read of an answer, beside what it always may.
    private static final String EXPOSED =
            "x-request-id, request-id, x-should-retry, x-weir-warnings, retry-after, retry-after-ms, etag, location,"
                    + " x-ratelimit-limit-requests, x-ratelimit-remaining-requests, x-ratelimit-reset-requests,"
                    + " x-ratelimit-limit-tokens, x-ratelimit-remaining-tokens, x-ratelimit-reset-tokens,"
                    + " x-weir-limit, x-weir-call-overage-usd, x-idempotent-replayed, x-original-request-id,"
                    + " x-served-model, x-route-reason, x-fallback-count, x-cost-usd, x-cache, age";

    private AnswerHeaders() {}

    /// A page from behind may allow its own styles; a policy of another beginning than `default-src 'none'` is
    /// replaced. To be called just before the answer's head is sent.
    static void complete(ServerHttpResponse response, Call call, String path) {
        HttpHeaders headers = response.getHeaders();
        headers.set("x-request-id", call.requestId());
        if (ErrorShape.of(path).hasRequestIdHeader()) {
            headers.set("request-id", call.requestId());
        }
        SecurityHeaders.SAME.forEach(headers::set);
        String own = headers.getFirst(SecurityHeaders.CSP);
        if (own == null || !own.startsWith(NOTHING_IS_LOADED + ";")) {
            headers.set(SecurityHeaders.CSP, SecurityHeaders.NO_CONTENT);
        }
        if (call.isOverTls()) {
            headers.set(SecurityHeaders.HSTS, SecurityHeaders.ONLY_TLS);
        } else {
            headers.remove(SecurityHeaders.HSTS);
        }
        headers.remove("server");
        headers.remove("x-powered-by");
        cache(headers);
        crossOrigin(headers, call.allowedOrigin());
        Allowance allowance = call.allowance();
        if (allowance != null) {
            LimitHeaders.write(headers, allowance);
            headers.set("x-weir-limit", Objects.requireNonNullElse(call.limit(), ""));
        }
        if (call.retryMicros() > 0) {
            LimitHeaders.retry(headers, call.retryMicros());
        }
        String overage = call.overage();
        HttpStatusCode status = response.getStatusCode();
        if (overage != null && (status == null || status.is2xxSuccessful())) {
            headers.set("x-weir-call-overage-usd", overage);
        }
        if (HttpStatus.UNAUTHORIZED.equals(response.getStatusCode())) {
            headers.set(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
        }
    }

    private static void cache(HttpHeaders headers) {
        String own = headers.getFirst(HttpHeaders.CACHE_CONTROL);
        boolean asIs = own != null && own.contains(NO_TRANSFORM);
        headers.set(
                HttpHeaders.CACHE_CONTROL,
                asIs ? SecurityHeaders.NO_STORE + ", " + NO_TRANSFORM : SecurityHeaders.NO_STORE);
    }

    // A preflight's own answer stays as it is.
    private static void crossOrigin(HttpHeaders headers, @Nullable String allowed) {
        List<String> vary = headers.getVary();
        if (vary.stream().noneMatch(HttpHeaders.ORIGIN::equalsIgnoreCase)) {
            headers.add(HttpHeaders.VARY, HttpHeaders.ORIGIN);
        }
        headers.remove(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN);
        headers.remove(HttpHeaders.ACCESS_CONTROL_ALLOW_CREDENTIALS);
        if (allowed != null) {
            headers.set(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN, allowed);
            headers.set(HttpHeaders.ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
        }
    }
}
