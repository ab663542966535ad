package io.weir.analytics.stream;

import java.util.concurrent.atomic.AtomicLong;

/// Room for the frames of resumes that wait to be taken one by one, over all streams of this instance: many that
/// resume from far back at once, and take nothing, must not fill the memory. Safe for use by many threads.
final class Backlog {

    private final AtomicLong free;

    Backlog(long most) {
        this.free = new AtomicLong(most);
    }

    /// Room for as many frames until the outbox's first frames are taken, or it has ended. False: there is none,
    /// and nothing was taken.
    boolean holds(Outbox outbox, long frames) {
        if (free.addAndGet(-frames) < 0) {
            free.addAndGet(frames);
            return false;
        }
        outbox.onOpened(() -> free.addAndGet(frames));
        return true;
    }
}
