package io.weir.ledger;

import java.nio.file.Path;
import java.time.Duration;

/// Where a [LedgerWriter] keeps events that the broker does not acknowledge.
///
/// @param directory of this process alone, the same after its restart
/// @param maxBytes what is kept at most; from three quarters of it on, no new `held` is taken
/// @param durable whether the directory is on a volume that outlives the process's place: only then a `held` may rely
/// on it, so that new calls run while the broker is away
/// @param after how long an event waits for the broker before it is kept
/// @param takeOverAfter how long a directory beside this one must have been nobody's before what its process left in it
/// is delivered in its place; longer than a restart takes
public record SpoolOptions(Path directory, long maxBytes, boolean durable, Duration after, Duration takeOverAfter) {

    private static final long LEAST = 64 * 1024;

    public SpoolOptions {
        if (maxBytes < LEAST) {
            throw new IllegalArgumentException(
                    "write-ahead file: " + maxBytes + " bytes (expected: " + LEAST + " at least)");
        }
    }

    /// With the usual patience for neighbours.
    public SpoolOptions(Path directory, long maxBytes, boolean durable, Duration after) {
        this(directory, maxBytes, durable, after, Duration.ofMinutes(1));
    }

    /// The limits that the design states.
    public static SpoolOptions of(Path directory, boolean durable) {
        return new SpoolOptions(directory, 64L << 20, durable, Duration.ofMillis(700));
    }
}
