package io.weir.observability.kafka;

import io.micrometer.tracing.Span;
import io.micrometer.tracing.TraceContext;
import io.micrometer.tracing.propagation.Propagator;
import io.weir.observability.TraceSampling;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/// Carries a sampled trace, and the tenant as baggage, on a record's headers. Unsampled work leaves no header, and a
/// record without one is not traced by its consumer. Nothing may trust what it reads here. Safe for many threads.
public final class TraceHeaders {

    /// The baggage field that names the tenant.
    public static final String TENANT_BAGGAGE = "tenant.id";

    private static final String TRACEPARENT = "traceparent";
    private static final String TENANT_HEADER = "tenant-id";
    private static final String BAGGAGE = "baggage";

    private final Propagator propagator;

    public TraceHeaders(Propagator propagator) {
        this.propagator = propagator;
    }

    /// Stamps a record with that trace; leaves it alone when there is none.
    public void inject(@Nullable TraceContext trace, String tenantId, Headers headers) {
        if (trace == null) {
            return;
        }
        propagator.inject(trace, headers, TraceHeaders::set);
        set(headers, BAGGAGE, TENANT_BAGGAGE + "=" + tenantId);
    }

    /// A started span, child of the one that wrote the record; empty when the record's trace was not sampled.
    /// The caller makes it current with `Tracer.withSpan` while it works, and ends it.
    public Optional<Span> continueFrom(Headers headers, String spanName) {
        String traceparent = get(headers, TRACEPARENT);
        if (traceparent == null || !TraceSampling.sampled(traceparent)) {
            return Optional.empty();
        }
        Span span = propagator
                .extract(headers, TraceHeaders::get)
                .name(spanName)
                .kind(Span.Kind.CONSUMER)
                .start();
        String tenant = get(headers, TENANT_HEADER);
        return Optional.of(tenant == null ? span : span.tag(TENANT_BAGGAGE, tenant));
    }

    private static void set(@Nullable Headers headers, String key, String value) {
        if (headers != null) {
            headers.remove(key).add(key, value.getBytes(StandardCharsets.UTF_8));
        }
    }

    private static @Nullable String get(Headers headers, String key) {
        Header header = headers.lastHeader(key);
        return header == null || header.value() == null ? null : new String(header.value(), StandardCharsets.UTF_8);
    }
}
