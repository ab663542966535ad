package io.weir.ledger;

import java.time.Duration;

/// How patiently a [LedgerWriter] writes.
///
/// @param source the envelope's `source`, for example `orchestration`
/// @param producerId names the writing process; the same after its restart, and no other's at the same time
/// @param heldLimit how long a `held` waits for its acknowledgement
/// @param settledLimit how long the other events wait
/// @param stalledAfter age of the oldest unacknowledged record from which on a `held` is refused at once
/// @param deliveryTimeout after which the broker client drops a record, which then is lost; days, since records of a
/// partition must keep their order, which only one sender of them can
/// @param tickEvery between the ticks of a partition
public record LedgerWriterOptions(
        String source,
        String producerId,
        Duration heldLimit,
        Duration settledLimit,
        Duration stalledAfter,
        Duration deliveryTimeout,
        Duration tickEvery) {

    public LedgerWriterOptions {
        if (source.isBlank() || producerId.isBlank()) {
            throw new IllegalArgumentException(
                    "source '" + source + "', producer id '" + producerId + "' (expected: both named)");
        }
        if (deliveryTimeout.compareTo(settledLimit) <= 0) {
            throw new IllegalArgumentException(
                    "delivery timeout: " + deliveryTimeout + " (expected: longer than " + settledLimit + ")");
        }
    }

    /// The limits that the design states.
    public static LedgerWriterOptions of(String source, String producerId) {
        return new LedgerWriterOptions(
                source,
                producerId,
                Duration.ofMillis(1_200),
                Duration.ofSeconds(120),
                Duration.ofMillis(1_500),
                Duration.ofDays(20),
                Duration.ofSeconds(5));
    }
}
