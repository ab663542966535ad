package io.weir.ledger;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// The writer's meters, resolved once.
final class LedgerMeters {

    private final MeterRegistry registry;
    private final Timer held;
    private final Timer others;

    /// Calls refused because the ledger is stalled.
    final Counter refused;

    /// Events whose caller stopped waiting; they may still arrive.
    final Counter late;

    /// Events that never arrive, since they cannot be delivered: a gap in the sequence that consumers will name.
    final Counter lost;

    /// Broker clients that failed and were replaced. What they had not delivered was sent again.
    final Counter replaced;

    /// Events that went into the write-ahead file.
    final Counter kept;

    /// Events that a process before this one left in the file.
    final Counter recovered;

    /// Bytes in the file that were no whole record.
    final Counter damaged;

    LedgerMeters(MeterRegistry registry, Supplier<Number> oldestSeconds) {
        this.registry = registry;
        this.held = timer(registry, "held");
        this.others = timer(registry, "other");
        this.refused = registry.counter("weir.ledger.refused");
        this.late = registry.counter("weir.ledger.late");
        this.lost = registry.counter("weir.ledger.lost");
        this.replaced = registry.counter("weir.ledger.client.replaced");
        this.kept = registry.counter("weir.ledger.file.kept");
        this.recovered = registry.counter("weir.ledger.file.recovered");
        this.damaged = registry.counter("weir.ledger.file.damaged.bytes");
        gauge("weir.ledger.oldest.unacknowledged.seconds", oldestSeconds);
    }

    void spool(Supplier<Number> bytes) {
        gauge("weir.ledger.file.bytes", bytes);
    }

    // Nobody else keeps what is asked; a gauge alone would let it go, and be no number from then on.
    private void gauge(String name, Supplier<Number> value) {
        Gauge.builder(name, value).strongReference(true).register(registry);
    }

    void acknowledged(PendingRecord pending, long now) {
        (pending.isHeld() ? held : others).record(pending.age(now), TimeUnit.NANOSECONDS);
    }

    private static Timer timer(MeterRegistry registry, String event) {
        return Timer.builder("weir.ledger.acknowledgement")
                .tag("event", event)
                .publishPercentileHistogram()
                .register(registry);
    }
}
