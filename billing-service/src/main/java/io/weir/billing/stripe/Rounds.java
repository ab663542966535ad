package io.weir.billing.stripe;

import java.time.Duration;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// Does something again and again, one round after the other. A round that fails is logged, and the next one comes.
/// Stopping leaves a running round where it is: rounds must bear that, as they must bear a crash.
public final class Rounds implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(Rounds.class);

    private final String what;
    private final Duration interval;
    private final Flux<?> calls;
    private final Supplier<Mono<Void>> round;
    private volatile Disposable running = Disposables.disposed();

    /// @param what for the log, such as "sending invoices"
    public Rounds(String what, Duration interval, Supplier<Mono<Void>> round) {
        this(what, interval, Flux.never(), round);
    }

    /// @param calls each for a round at once, or as soon as the one that runs has ended
    Rounds(String what, Duration interval, Flux<?> calls, Supplier<Mono<Void>> round) {
        this.what = what;
        this.interval = interval;
        this.calls = calls;
        this.round = round;
    }

    // After the database and the readers of snapshots.
    @Override
    public int getPhase() {
        return Integer.MIN_VALUE + 2500;
    }

    @Override
    public void start() {
        // One of those that come during a round is kept, and brings another round.
        running = Flux.merge(Flux.interval(interval).onBackpressureDrop(), calls)
                .onBackpressureDrop()
                .concatMap(
                        tick -> Mono.defer(round).onErrorResume(failed -> {
                            LOG.warn("A round of {} failed; the next one comes", what, failed);
                            return Mono.empty();
                        }),
                        1)
                .subscribe();
    }

    @Override
    public void stop() {
        running.dispose();
    }

    @Override
    public boolean isRunning() {
        return !running.isDisposed();
    }
}
