package io.weir.local.prove;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// Says how far a long proof is, every other second at most. Safe for use by many threads.
final class Heartbeat {

    private static final long EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(1_700);

    private final Undertaking undertaking;
    private final AtomicLong said = new AtomicLong(System.nanoTime() - EVERY_NANOS);

    Heartbeat(Undertaking undertaking) {
        this.undertaking = undertaking;
    }

    /// Unless something was said a moment ago.
    void say(String line) {
        long before = said.get();
        if (System.nanoTime() - before > EVERY_NANOS && said.compareAndSet(before, System.nanoTime())) {
            undertaking.progress(line);
        }
    }

    void now(String line) {
        said.set(System.nanoTime());
        undertaking.progress(line);
    }
}
