package io.weir.gateway.routing;

import java.util.Locale;
import java.util.Set;

/// Headers that carry context inside the mesh, or would be taken for it. A client's are never believed or
/// passed on.
public final class ContextHeaders {

    private static final Set<String> NAMES = Set.of(
            "x-request-id",
            "baggage",
            "tenant.id",
            "tenant-id",
            "b3",
            "forwarded",
            "x-real-ip",
            "x-original-url",
            "x-rewrite-url",
            "x-http-method-override");
    private static final Set<String> TRACE = Set.of("traceparent", "tracestate");
    private static final Set<String> CALLERS_OWN = Set.of("x-weir-cache", "x-weir-tags", "x-weir-tolerant");

    private ContextHeaders() {}

    /// Whether a client's header of that name is dropped. What is the caller's own say stays.
    public static boolean isContext(CharSequence header) {
        if (!mayBeContext(header)) {
            return false;
        }
        String name = header.toString().toLowerCase(Locale.ROOT);
        return NAMES.contains(name)
                || (name.startsWith("x-weir-") && !CALLERS_OWN.contains(name))
                || name.startsWith("x-tenant-")
                || name.startsWith("x-b3-")
                || name.startsWith("x-http2-")
                || name.startsWith("x-forwarded-");
    }

    // Most headers are told by their first letter, without a copy in lower case.
    private static boolean mayBeContext(CharSequence header) {
        return !header.isEmpty()
                && switch (header.charAt(0)) {
                    case 'b', 'B', 'f', 'F', 't', 'T', 'x', 'X' -> true;
                    default -> false;
                };
    }

    /// Whether it says which trace the request belongs to.
    public static boolean isTrace(CharSequence header) {
        return TRACE.contains(header.toString().toLowerCase(Locale.ROOT));
    }
}
