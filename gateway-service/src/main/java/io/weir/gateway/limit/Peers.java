package io.weir.gateway.limit;

import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// The instances of the gateway that share limits, counted once per second, and whether what they share can be
/// reached.
///
/// Redis unreachable: each instance admits its share of every limit by itself, the limit divided by the number of
/// instances last known, and never less than set. So the limits hold, but not evenly: nobody uses what another
/// instance leaves. A gauge tells (`gateway.limits.away`), and one line in the log.
final class Peers implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Peers.class);
    private static final Duration EVERY = Duration.ofSeconds(1);
    private static final Duration GOODBYE = Duration.ofMillis(500);

    private final String self = UUID.randomUUID().toString();
    private final LimitStore store;
    private final int atLeast;
    private volatile int known;
    private volatile boolean reachable;
    private volatile boolean told;
    private volatile Runnable counted = () -> {};
    private @Nullable Disposable beat;

    /// @param atLeast as many are assumed to be there
    Peers(LimitStore store, int atLeast) {
        this.store = store;
        this.atLeast = atLeast;
        this.known = atLeast;
    }

    /// What an instance is called among them.
    String self() {
        return self;
    }

    /// Begins to count.
    ///
    /// @param everyTime called after each count; must be quick
    synchronized void start(Runnable everyTime) {
        counted = everyTime;
        if (beat == null) {
            beat = Flux.interval(Duration.ZERO, EVERY)
                    .onBackpressureDrop()
                    .concatMap(tick -> count().onErrorResume(Peers::untold), 1)
                    .subscribe();
        }
    }

    // Counting must go on, whatever becomes of it.
    private static Mono<Void> untold(Throwable failure) {
        LOG.error("What follows a count of gateways failed", failure);
        return Mono.empty();
    }

    /// Asks once. Fails only where what is called after it does.
    Mono<Void> count() {
        return store.present(self)
                .doOnNext(this::counted)
                .then()
                .onErrorResume(failure -> {
                    away(failure);
                    return Mono.empty();
                })
                .doOnSuccess(done -> counted.run());
    }

    int instances() {
        return known;
    }

    boolean isReachable() {
        return reachable;
    }

    /// Something shared was asked for in vain; until the next count nobody asks.
    void away(Throwable failure) {
        reachable = false;
        if (!told) {
            told = true;
            LOG.warn(
                    "Limits of requests cannot be shared: {}. Each of {} gateways admits its share of them",
                    failure.toString(),
                    known);
        }
    }

    private void counted(int present) {
        known = Math.max(present, atLeast);
        reachable = true;
        if (told) {
            told = false;
            LOG.info("Limits of requests are shared again, by {} gateways", known);
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            if (beat != null) {
                beat.dispose();
                beat = null;
            }
        }
        if (reachable) {
            store.leave(self).onErrorComplete().block(GOODBYE.plus(EVERY));
        }
    }
}
