package io.weir.orchestration.ledger;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.weir.ledger.LedgerWriter;
import io.weir.ledger.OpenHolds.Open;
import io.weir.ledger.UsageEvent.Held;
import io.weir.ledger.UsageEvent.Settled;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Settles holds that their process left behind: at what the call had cost when its hold was last renewed, where that
/// is
/// known, else at the ceiling; marked `recovered`, for review. The event has the same id as the call's own settlement,
/// and of both the first in the partition counts, so that any number of instances may recover the same hold.
final class Recovery {

    private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);

    private final LedgerWriter writer;
    private final InstantSource clock;
    private final Counter atCeiling;
    private final Counter atMeasured;

    Recovery(LedgerWriter writer, InstantSource clock, MeterRegistry registry) {
        this.writer = writer;
        this.clock = clock;
        this.atCeiling = registry.counter("weir.ledger.recovered", "at", "ceiling");
        this.atMeasured = registry.counter("weir.ledger.recovered", "at", "measured");
    }

    /// Writes the settlement to the partition where the hold is; should it not arrive, the hold is still open and will
    /// be recovered again.
    void recover(Open hold, int partition) {
        Held held = hold.held();
        Settled settled = RecoveredCall.of(held, hold.since(), clock.instant());
        LOG.warn(
                "Request {} of tenant {} was left by {} and is settled at ${} of ${}",
                held.requestId(),
                held.tenantId(),
                hold.holder().id(),
                settled.cost(),
                held.ceiling());
        (held.measured() == null ? atCeiling : atMeasured).increment();
        writer.appendTo(partition, settled, clock.instant())
                .subscribe(
                        ignored -> {}, failure -> LOG.warn("Request {} is not settled yet", held.requestId(), failure));
    }
}
