package io.weir.local.platform;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// The moment between two questions to something that will be ready soon.
public final class Pause {

    private static final long NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private Pause() {}

    /// A tenth of a second, or less.
    public static void briefly() throws InterruptedException {
        LockSupport.parkNanos(NANOS);
        if (Thread.interrupted()) {
            throw new InterruptedException("told to stop while waiting");
        }
    }
}
