package io.weir.orchestration.batch;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/// How batches run.
///
/// @param window within which a batch is done; what has not run by then does not
/// @param maxLines of a batch
/// @param maxLineBytes of a line
/// @param chunkLines that a worker takes at once
/// @param chunksAtOnce that an instance works on
/// @param callsAtOnce of each of them
/// @param chunksAhead of one batch that are with the workers, so that other tenants' come between
/// @param maxRuns of a line whose provider fails or is overloaded
/// @param firstPause before a line runs again; doubled each time, up to a minute
/// @param claim how long work stays a worker's that died; renewed at a third of it
/// @param lookEvery how often an instance looks for work that nobody has
@ConfigurationProperties("weir.batches")
record BatchProperties(
        @DefaultValue("24h") Duration window,
        @DefaultValue("50000") int maxLines,
        @DefaultValue("4MB") DataSize maxLineBytes,
        @DefaultValue("50") int chunkLines,
        @DefaultValue("4") int chunksAtOnce,
        @DefaultValue("8") int callsAtOnce,
        @DefaultValue("4") int chunksAhead,
        @DefaultValue("6") int maxRuns,
        @DefaultValue("1s") Duration firstPause,
        @DefaultValue("30s") Duration claim,
        @DefaultValue("1s") Duration lookEvery) {

    BatchProperties {
        atLeastOne("max-lines", maxLines);
        atLeastOne("chunk-lines", chunkLines);
        atLeastOne("chunks-at-once", chunksAtOnce);
        atLeastOne("calls-at-once", callsAtOnce);
        atLeastOne("chunks-ahead", chunksAhead);
        atLeastOne("max-runs", maxRuns);
        if (maxLineBytes.toBytes() < 1 || maxLineBytes.toBytes() > 64 * 1024 * 1024) {
            throw new IllegalArgumentException(
                    "weir.batches.max-line-bytes: " + maxLineBytes + " (expected: 1B to 64MB)");
        }
        if (claim.compareTo(Duration.ofSeconds(1)) < 0) {
            throw new IllegalArgumentException("weir.batches.claim: " + claim + " (expected: at least 1s)");
        }
    }

    private static void atLeastOne(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException("weir.batches." + name + ": " + value + " (expected: at least 1)");
        }
    }

    /// Before the run of that number, which counts from 1.
    Duration pauseBefore(int run) {
        Duration pause = firstPause.multipliedBy(1L << Math.min(run - 1, 10));
        Duration most = Duration.ofMinutes(1);
        return pause.compareTo(most) < 0 ? pause : most;
    }
}
