package io.weir.local.cli;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// The moment between two looks at something that changes.
final class Pause {

    private static final long NANOS = TimeUnit.MILLISECONDS.toNanos(150);

    private Pause() {}

    static void briefly() {
        LockSupport.parkNanos(NANOS);
    }
}
