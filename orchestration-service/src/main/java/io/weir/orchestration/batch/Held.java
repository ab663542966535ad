package io.weir.orchestration.batch;

import io.weir.orchestration.batch.Batch.Status;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/// A claim while it is renewed. Says when nothing new should be begun, and when it is lost. Safe for
/// use by many threads.
final class Held implements Disposable {

    private static final Logger LOG = LoggerFactory.getLogger(Held.class);

    private final Sinks.Empty<Void> stopped = Sinks.empty();
    private final Sinks.Empty<Void> lost = Sinks.empty();
    private final Disposable renewing;
    private volatile boolean isStopped;

    /// @param renewal the batch's state; empty where the claim is somebody else's
    /// @param goesOn the state in which work is to go on
    /// @param every how often
    Held(Mono<Status> renewal, Status goesOn, Duration every) {
        this.renewing = Flux.interval(every, every)
                .onBackpressureDrop()
                .concatMap(tick -> renewal.doOnNext(status -> stopUnless(status == goesOn))
                        .switchIfEmpty(Mono.fromRunnable(this::lose))
                        .onErrorResume(later -> {
                            LOG.warn("A claim on a batch is not renewed: {}", later.toString());
                            return Mono.empty();
                        }))
                .subscribe();
    }

    private void stopUnless(boolean on) {
        if (!on) {
            stop();
        }
    }

    private void lose() {
        stop();
        lost.tryEmitEmpty();
    }

    /// Nothing new should be begun.
    void stop() {
        isStopped = true;
        stopped.tryEmitEmpty();
    }

    boolean isStopped() {
        return isStopped;
    }

    /// Completes when nothing new should be begun.
    Mono<Void> stopped() {
        return stopped.asMono();
    }

    /// Completes when somebody else may have it.
    Mono<Void> lost() {
        return lost.asMono();
    }

    @Override
    public void dispose() {
        renewing.dispose();
    }
}
