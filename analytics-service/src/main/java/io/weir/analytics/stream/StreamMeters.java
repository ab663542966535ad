package io.weir.analytics.stream;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.weir.analytics.stream.Frame.Delta;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;

/// Figures of the stream. None names a tenant.
final class StreamMeters {

    private final MeterRegistry registry;
    private final InstantSource clock;
    private final AtomicInteger sockets = new AtomicInteger();
    private final Counter frames;
    private final Counter coalesced;
    private final Counter diverged;
    private final Timer delay;

    StreamMeters(MeterRegistry registry, InstantSource clock) {
        this.registry = registry;
        this.clock = clock;
        Gauge.builder("weir.analytics.stream.sockets", sockets, AtomicInteger::get)
                .baseUnit("sockets")
                .description("streams that are open, of both kinds")
                .register(registry);
        this.frames = Counter.builder("weir.analytics.stream.frames")
                .description("frames given to readers")
                .register(registry);
        this.coalesced = Counter.builder("weir.analytics.stream.coalesced")
                .description("times that a slow reader's frames were made one")
                .register(registry);
        this.diverged = Counter.builder("weir.analytics.stream.diverged")
                .description("watched tenants whose totals were not those of ClickHouse; never above 0")
                .register(registry);
        this.delay = Timer.builder("weir.analytics.stream.delay")
                .description("from a record's write to its frame")
                .serviceLevelObjectives(
                        Duration.ofMillis(50),
                        Duration.ofMillis(100),
                        Duration.ofMillis(250),
                        Duration.ofMillis(500),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(5))
                .register(registry);
    }

    /// Whether there is room for one more.
    boolean opens(int most) {
        if (sockets.incrementAndGet() > most) {
            sockets.decrementAndGet();
            return false;
        }
        return true;
    }

    void closed(Ending why) {
        sockets.decrementAndGet();
        registry.counter("weir.analytics.stream.closed", "reason", why.name().toLowerCase(Locale.ROOT))
                .increment();
    }

    void coalesced() {
        coalesced.increment();
    }

    void diverged() {
        diverged.increment();
    }

    void sent(Frame frame) {
        frames.increment();
        if (frame instanceof Delta delta && delta.recordedAt() > 0) {
            delay.record(Duration.ofMillis(Math.max(0, clock.millis() - delta.recordedAt())));
        }
    }
}
