package io.weir.analytics.metering;

import io.micrometer.tracing.Span;
import io.micrometer.tracing.Tracer;
import io.weir.ledger.UsageEvent.OfRequest;
import io.weir.ledger.UsageRecord;
import io.weir.observability.RequestLogContext;
import io.weir.observability.kafka.TraceHeaders;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/// The last span of a sampled request's trace, with one log line: its event is in ClickHouse.
public final class IngestionTrace {

    private static final Logger LOG = LoggerFactory.getLogger(IngestionTrace.class);

    private final TraceHeaders headers;
    private final Tracer tracer;

    public IngestionTrace(TraceHeaders headers, Tracer tracer) {
        this.headers = headers;
        this.tracer = tracer;
    }

    void ingested(ConsumerRecord<String, byte[]> record, UsageRecord usage) {
        if (usage.data() instanceof OfRequest event) {
            headers.continueFrom(record.headers(), "usage ingest").ifPresent(span -> tell(span, event));
        }
    }

    private void tell(Span span, OfRequest event) {
        span.tag("tenant.id", event.tenantId().toString());
        span.tag("request.id", event.requestId());
        span.tag("event.type", event.type());
        try (Tracer.SpanInScope scope = tracer.withSpan(span);
                MDC.MDCCloseable tenant = MDC.putCloseable(
                        RequestLogContext.TENANT_ID, event.tenantId().toString());
                MDC.MDCCloseable request = MDC.putCloseable(RequestLogContext.REQUEST_ID, event.requestId())) {
            LOG.info("Ingested {}", event.type());
        } finally {
            span.end();
        }
    }
}
