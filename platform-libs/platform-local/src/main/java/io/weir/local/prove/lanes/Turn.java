package io.weir.local.prove.lanes;

import io.weir.local.prove.lanes.generator.Tally;
import java.time.Duration;

/// One shape on one lane in one round.
///
/// @param took with its lead
/// @param time that each process took in it
record Turn(Shape shape, String lane, int round, Tally tally, Duration took, ProcessorTime time) {

    private static final double NANOS_PER_MICRO = 1_000;

    double perRequestMicros(String process) {
        return time.of(process).toNanos() / NANOS_PER_MICRO / Math.max(1, tally.made());
    }

    /// 1: a whole core.
    double cores(String process) {
        return (double) time.of(process).toNanos() / took.toNanos();
    }
}
