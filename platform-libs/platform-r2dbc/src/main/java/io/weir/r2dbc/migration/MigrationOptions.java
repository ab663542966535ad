package io.weir.r2dbc.migration;

import java.time.Duration;

/// How patient a migration is with those who use its tables.
///
/// @param lockTimeout how long a statement waits for a lock, and everybody else behind it: 200 to 500 ms
/// @param attempts for each migration, before it is given up
/// @param pause before the second attempt; doubles up to 20-fold, each between half and all of it, at random
/// @param contract whether migrations of the contract phase run: only when no old version of the service does
public record MigrationOptions(Duration lockTimeout, int attempts, Duration pause, boolean contract) {

    private static final MigrationOptions DEFAULTS =
            new MigrationOptions(Duration.ofMillis(300), 30, Duration.ofMillis(100), false);

    public MigrationOptions {
        if (lockTimeout.toMillis() < 1 || attempts < 1 || pause.isNegative()) {
            throw new IllegalArgumentException("migration options: lock timeout " + lockTimeout + ", " + attempts
                    + " attempts, pause " + pause + " (expected: positive, at least one, not negative)");
        }
    }

    /// 300 ms, 30 attempts, 100 ms, expand only.
    public static MigrationOptions defaults() {
        return DEFAULTS;
    }

    /// The same, with the contract phase.
    public MigrationOptions withContract() {
        return new MigrationOptions(lockTimeout, attempts, pause, true);
    }
}
