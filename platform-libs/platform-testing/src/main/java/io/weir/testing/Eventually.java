package io.weir.testing;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Waits for what is true in a moment: asks every 20 ms, passes at the first success, fails at the deadline with the
/// reason of the last attempt.
public final class Eventually {

    private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(20);

    /// What is checked; it fails by throwing.
    @FunctionalInterface
    public interface Check {
        void run() throws Exception;
    }

    private Eventually() {}

    /// Passes as soon as `check` does, within five seconds.
    public static void passes(Check check) {
        passes(Duration.ofSeconds(5), check);
    }

    /// Passes as soon as `check` does; fails with its last failure when `within` is over.
    public static void passes(Duration within, Check check) {
        long deadline = System.nanoTime() + within.toNanos();
        Throwable last = attempt(check);
        while (last != null) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("not within " + within + ": " + last.getMessage(), last);
            }
            LockSupport.parkNanos(PAUSE);
            last = attempt(check);
        }
    }

    /// The first value that fits, within `within`.
    public static <T> T value(Duration within, Supplier<T> source, Predicate<? super T> fits) {
        long deadline = System.nanoTime() + within.toNanos();
        T value = source.get();
        while (!fits.test(value)) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("not within " + within + ", last seen: " + value);
            }
            LockSupport.parkNanos(PAUSE);
            value = source.get();
        }
        return value;
    }

    private static @Nullable Throwable attempt(Check check) {
        try {
            check.run();
            return null;
        } catch (Exception | AssertionError e) {
            return e;
        }
    }
}
