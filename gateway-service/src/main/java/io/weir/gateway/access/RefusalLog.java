package io.weir.gateway.access;

import io.weir.gateway.call.Call;
import io.weir.gateway.call.Caller;
import io.weir.observability.RequestLogContext;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Warns of refusals, at most ten times a second: an attacker must not fill the disk. As often, apart from those,
/// of calls that failed because of us, with the cause: refusals must not drown them.
final class RefusalLog {

    private static final Logger LOG = LoggerFactory.getLogger(RefusalLog.class);

    private final Window refused = new Window();
    private final Window failed = new Window();

    /// @param now a reading of [System#nanoTime()]
    void warn(Call call, Finished finished, long now) {
        Throwable cause = call.cause();
        if (!(cause == null ? refused : failed).admits(now)) {
            return;
        }
        Caller caller = call.caller();
        try (RequestLogContext.Scope _ =
                new RequestLogContext(caller == null ? null : caller.tenantId(), call.requestId()).open()) {
            LOG.warn(
                    "Refused {} on {}: {} {}{}",
                    finished.method(),
                    call.route().label(),
                    finished.status(),
                    call.refusal(),
                    cause == null ? "" : ", because of " + cause);
        }
    }

    static final class Window {

        private static final int PER_SECOND = 10;
        private static final long SECOND = 1_000_000_000L;

        private final AtomicLong start = new AtomicLong(Long.MIN_VALUE);
        private final AtomicInteger admitted = new AtomicInteger();

        boolean admits(long now) {
            long began = start.get();
            if ((began == Long.MIN_VALUE || now - began >= SECOND) && start.compareAndSet(began, now)) {
                admitted.set(0);
            }
            return admitted.incrementAndGet() <= PER_SECOND;
        }
    }
}
