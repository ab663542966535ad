package io.weir.gateway.access;

import io.micrometer.tracing.Span;
import io.weir.gateway.call.Call;
import io.weir.gateway.call.Caller;
import io.weir.observability.RequestLogContext;
import io.weir.observability.TracedRequest;
import java.time.InstantSource;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/// Notes that a request ended: timer, access record, and a log line where it was traced or refused. Never waits.
public final class Access {

    private static final Logger LOG = LoggerFactory.getLogger(Access.class);

    private final RequestTimers timers;
    private final CallMeters meters;
    private final AccessLog log;
    private final RefusalLog refusals;
    private final SignInRefusals signIns;
    private final InstantSource clock;

    Access(
            RequestTimers timers,
            CallMeters meters,
            AccessLog log,
            RefusalLog refusals,
            SignInRefusals signIns,
            InstantSource clock) {
        this.timers = timers;
        this.meters = meters;
        this.log = log;
        this.refusals = refusals;
        this.signIns = signIns;
        this.clock = clock;
    }

    public void ended(Call call, Finished finished, Optional<TracedRequest> traced) {
        timers.record(call.route(), finished.status(), finished.nanos());
        meters.ended(call, finished);
        log.add(AccessRecord.of(call, finished, clock.instant()));
        if (call.refusal() != null) {
            refusals.warn(call, finished, System.nanoTime());
            signIns.ended(call);
        }
        traced.ifPresent(request -> tell(call, finished, request.span()));
    }

    private static void tell(Call call, Finished finished, Span span) {
        Caller caller = call.caller();
        try (RequestLogContext.Scope _ =
                        new RequestLogContext(caller == null ? null : caller.tenantId(), call.requestId()).open();
                MDC.MDCCloseable _ = MDC.putCloseable("traceId", span.context().traceId());
                MDC.MDCCloseable _ = MDC.putCloseable("spanId", span.context().spanId())) {
            LOG.info(
                    "{} on {} answered {} in {} ms",
                    finished.method(),
                    call.route().label(),
                    finished.status(),
                    finished.nanos() / 1_000_000);
        }
    }
}
