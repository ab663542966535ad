package io.weir.orchestration.lane;

import io.weir.orchestration.budget.lease.LiveHolders;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// Keeps an eye on how many processes of this service live, as far as the database knows. While it
/// does not answer, what it said last holds.
final class LiveInstances implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(LiveInstances.class);
    private static final Duration LOOK_EVERY = Duration.ofSeconds(2);
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(2);

    private final LiveHolders holders;
    private final Counted counted;
    private volatile @Nullable Disposable looking;

    /// Told of each count, also where it is the one before.
    interface Counted {
        void live(int instances);
    }

    LiveInstances(LiveHolders holders, Counted counted) {
        this.holders = holders;
        this.counted = counted;
    }

    @Override
    public void start() {
        looking = Flux.interval(Duration.ZERO, LOOK_EVERY)
                .onBackpressureDrop()
                .concatMap(tick -> look(), 1)
                .subscribe();
    }

    private Mono<Integer> look() {
        return holders.count()
                .timeout(ANSWER_WITHIN)
                .doOnNext(count -> counted.live(Math.max(1, count)))
                .doOnError(away -> LOG.debug("Who lives is not known at present", away))
                .onErrorComplete();
    }

    @Override
    public void stop() {
        Disposable running = looking;
        looking = null;
        if (running != null) {
            running.dispose();
        }
    }

    @Override
    public boolean isRunning() {
        return looking != null;
    }
}
