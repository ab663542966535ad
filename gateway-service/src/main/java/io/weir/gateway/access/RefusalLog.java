package io.weir.gateway.access;

import io.weir.gateway.call.Call;
import io.weir.gateway.call.Caller;
import io.weir.observability.RequestLogContext;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Warns of refusals, at most ten times a second: an attacker must not fill the disk.
final class RefusalLog {

    private static final Logger LOG = LoggerFactory.getLogger(RefusalLog.class);
    private static final int PER_SECOND = 10;
    private static final long SECOND = 1_000_000_000L;

    private final AtomicLong windowStart = new AtomicLong(Long.MIN_VALUE);
    private final AtomicInteger inWindow = new AtomicInteger();

    /// @param now a reading of [System#nanoTime()]
    void warn(Call call, Finished finished, long now) {
        if (!admits(now)) {
            return;
        }
        Caller caller = call.caller();
        try (RequestLogContext.Scope _ =
                new RequestLogContext(caller == null ? null : caller.tenantId(), call.requestId()).open()) {
            LOG.warn(
                    "Refused {} on {}: {} {}",
                    finished.method(),
                    call.route().label(),
                    finished.status(),
                    call.refusal());
        }
    }

    boolean admits(long now) {
        long start = windowStart.get();
        if ((start == Long.MIN_VALUE || now - start >= SECOND) && windowStart.compareAndSet(start, now)) {
            inWindow.set(0);
        }
        return inWindow.incrementAndGet() <= PER_SECOND;
    }
}
