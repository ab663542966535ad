package io.weir.observability;

import io.micrometer.common.KeyValue;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.TraceContext;
import io.micrometer.tracing.handler.TracingObservationHandler.TracingContext;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.reactive.observation.ServerRequestObservationContext;
import org.springframework.web.server.ServerWebExchange;

/// The span of a request that is traced; most are not.
public final class TracedRequest {

    private final ServerRequestObservationContext observation;
    private final Span span;

    private TracedRequest(ServerRequestObservationContext observation, Span span) {
        this.observation = observation;
        this.span = span;
    }

    /// Empty when this request is not traced.
    public static Optional<TracedRequest> find(ServerWebExchange exchange) {
        return ServerRequestObservationContext.findCurrent(exchange.getAttributes())
                .flatMap(TracedRequest::of);
    }

    private static Optional<TracedRequest> of(ServerRequestObservationContext observation) {
        TracingContext tracing = observation.get(TracingContext.class);
        Span span = tracing == null ? null : tracing.getSpan();
        return span == null ? Optional.empty() : Optional.of(new TracedRequest(observation, span));
    }

    /// The trace of that request, for work that outlives it; null: not sampled.
    public static @Nullable TraceContext sampled(ServerWebExchange exchange) {
        return find(exchange)
                .map(traced -> traced.span().context())
                .filter(trace -> Boolean.TRUE.equals(trace.sampled()))
                .orElse(null);
    }

    public Span span() {
        return span;
    }

    /// Names the tenant on the span.
    public void tenant(String tenantId) {
        observation.addHighCardinalityKeyValue(KeyValue.of("tenant.id", tenantId));
    }
}
