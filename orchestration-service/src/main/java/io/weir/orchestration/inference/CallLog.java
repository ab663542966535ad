package io.weir.orchestration.inference;

import io.micrometer.tracing.TraceContext;
import io.weir.observability.RequestLogContext;
import org.slf4j.MDC;

/// Gives log lines of a call its fields: tenant, request and, where it is traced, trace. Said where a line is written:
/// restoring them in every operator of every call would cost a third of the service's processor time.
final class CallLog {

    private static final String TRACE_ID = "traceId";
    private static final String SPAN_ID = "spanId";

    private CallLog() {}

    /// Runs what writes the lines, on this thread.
    static void of(BookedCall call, Runnable lines) {
        try (RequestLogContext.Scope _ =
                new RequestLogContext(call.tenant().tenantId().toString(), call.requestId()).open()) {
            TraceContext trace = call.trace();
            if (trace == null) {
                lines.run();
            } else {
                traced(trace, lines);
            }
        }
    }

    private static void traced(TraceContext trace, Runnable lines) {
        try (MDC.MDCCloseable _ = MDC.putCloseable(TRACE_ID, trace.traceId());
                MDC.MDCCloseable _ = MDC.putCloseable(SPAN_ID, trace.spanId())) {
            lines.run();
        }
    }
}
