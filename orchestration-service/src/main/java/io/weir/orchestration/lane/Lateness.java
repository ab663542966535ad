package io.weir.orchestration.lane;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.TimeUnit;
import org.springframework.beans.factory.DisposableBean;
import reactor.core.Disposable;
import reactor.core.scheduler.Scheduler;

/// How late timers are at present: a process with more to do than it can is late with everything.
final class Lateness implements DisposableBean {

    private static final long EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final int OF_THE_LAST = 4;

    private final Disposable timer;
    private volatile long late;
    private long expected;

    Lateness(Scheduler timers, MeterRegistry registry) {
        registry.gauge("weir.lane.late", this, lateness -> lateness.nanos() / (double) TimeUnit.SECONDS.toNanos(1));
        expected = System.nanoTime() + EVERY_NANOS;
        timer = timers.schedulePeriodically(this::look, EVERY_NANOS, EVERY_NANOS, TimeUnit.NANOSECONDS);
    }

    // A mean, so that one long pause alone refuses nobody.
    private void look() {
        long now = System.nanoTime();
        long latest = Math.max(0, now - expected);
        long before = late;
        late = before + (latest - before) / OF_THE_LAST;
        expected = now + EVERY_NANOS;
    }

    long nanos() {
        return late;
    }

    @Override
    public void destroy() {
        timer.dispose();
    }
}
