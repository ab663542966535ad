package io.weir.gateway.wire;

import java.util.Map;

/// What browsers are told with every answer.
public final class SecurityHeaders {

    /// Those that are the same for every answer.
    public static final Map<String, String> SAME = Map.of(
            "x-content-type-options", "nosniff",
            "x-frame-options", "DENY",
            "referrer-policy", "no-referrer",
            "cross-origin-resource-policy", "same-origin",
            "cross-origin-opener-policy", "same-origin",
            "cross-origin-embedder-policy", "require-corp",
            "x-permitted-cross-domain-policies", "none");

    public static final String CSP = "content-security-policy";
    /// The policy of an answer that is no page.
    public static final String NO_CONTENT = "default-src 'none'; frame-ancestors 'none'";
    public static final String NO_STORE = "no-store";
    /// Said over TLS alone: elsewhere browsers must ignore it.
    public static final String HSTS = "strict-transport-security";

    public static final String ONLY_TLS = "max-age=31536000; includeSubDomains";

    private SecurityHeaders() {}
}
