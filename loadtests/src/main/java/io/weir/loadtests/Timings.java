package io.weir.loadtests;

import io.gatling.javaapi.core.Session;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/// How long each answered call of a scenario took, in milliseconds. Gatling's own report needs parts with a licence of
/// their
/// own. Safe for use by many threads.
final class Timings {

    /// The session's attribute that holds a call's time.
    static final String MILLIS = "millis";

    private static final double MIDDLE = 50;
    private static final double MOST = 95;
    private static final double NEARLY_ALL = 99;

    private final Queue<Long> answered = new ConcurrentLinkedQueue<>();
    private final AtomicLong failed = new AtomicLong();

    /// Takes note of a call that has ended; its user forgets it.
    Session note(Session session) {
        if (session.isFailed() || !session.contains(MILLIS)) {
            failed.incrementAndGet();
        } else {
            answered.add((long) session.getInt(MILLIS));
        }
        return session.remove(MILLIS).markAsSucceeded();
    }

    /// One line of JSON.
    String summary() {
        long[] sorted = answered.stream().mapToLong(Long::longValue).sorted().toArray();
        return "{\"calls\":" + (sorted.length + failed.get()) + ",\"failed\":" + failed.get() + ",\"p50\":"
                + percentile(sorted, MIDDLE) + ",\"p95\":" + percentile(sorted, MOST) + ",\"p99\":"
                + percentile(sorted, NEARLY_ALL) + ",\"most\":"
                + Arrays.stream(sorted).max().orElse(0) + "}";
    }

    // Nearest rank: a time that was measured.
    private static long percentile(long[] sorted, double percent) {
        int rank = (int) Math.ceil(percent / 100 * sorted.length);
        return sorted.length == 0 ? 0 : sorted[Math.max(1, rank) - 1];
    }
}
