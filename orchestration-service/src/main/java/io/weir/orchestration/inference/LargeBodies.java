package io.weir.orchestration.inference;

import java.util.concurrent.Callable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/// Where work on large bodies is done: not on event loops, which would keep all their other calls waiting, and a few at
/// a time, since each takes several times its length of memory while it is read. Safe for many threads.
public final class LargeBodies {

    private static final int LARGE = 256 * 1024;
    private static final int AT_ONCE = 2;
    private static final int MOST_WAITING = 10_000;
    private static final Scheduler READERS =
            Schedulers.newBoundedElastic(AT_ONCE, MOST_WAITING, "large-bodies", 60, true);

    private LargeBodies() {}

    /// What is read from a body. What follows runs on the same thread.
    public static <T> Mono<T> read(byte[] body, Callable<T> reading) {
        Mono<T> read = Mono.fromCallable(reading);
        return body.length < LARGE ? read : read.subscribeOn(READERS);
    }

    /// The same value; what follows may work on the call's body.
    static <T> Mono<T> before(BookedCall call, Mono<T> value) {
        return call.bytesIn() < LARGE ? value : value.publishOn(READERS);
    }
}
