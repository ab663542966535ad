package io.weir.orchestration.ledger;

import io.micrometer.tracing.TraceContext;
import io.weir.ledger.LedgerUnavailableException;
import io.weir.ledger.LedgerWriter;
import io.weir.ledger.UsageEvent.OfRequest;
import io.weir.observability.kafka.TraceHeaders;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/// Appends a call's events with its trace. What follows runs apart from the broker client's thread: on the event loop
/// of the call's request, where it has one.
public final class UsageLedger {

    private final LedgerWriter writer;
    private final TraceHeaders traces;

    public UsageLedger(LedgerWriter writer, TraceHeaders traces) {
        this.writer = writer;
        this.traces = traces;
    }

    /// Completes when the event is durable. Fails with a 503 when it is not in time.
    public Mono<Void> append(OfRequest event, Instant time, @Nullable TraceContext trace) {
        return Mono.deferContextual(context -> writer.append(
                                event,
                                time,
                                headers -> traces.inject(trace, event.tenantId().toString(), headers))
                        .publishOn(RequestLoop.of(context)))
                .onErrorMap(LedgerUnavailableException.class, UsageLedger::unavailable);
    }

    private static PlatformException unavailable(LedgerUnavailableException failure) {
        return new PlatformException(
                ProblemType.LEDGER_UNAVAILABLE,
                "The usage ledger does not answer, and nothing runs unmetered. Try again in some seconds.",
                failure);
    }
}
