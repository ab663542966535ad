package io.weir.orchestration.budget;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.weir.money.Amount;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/// Resolves holds, and does not give up while the process lives: a database that is away delays a settlement, it never
/// loses one, and trying again never books twice. Bounded; beyond the bound the hold stays open, which errs on the side
/// of the cap, and `weir.budget.resolutions.dropped` alarms.
public final class BudgetResolution {

    private static final Logger LOG = LoggerFactory.getLogger(BudgetResolution.class);
    private static final int MOST_OPEN = 20_000;
    private static final Retry UNTIL_DONE = Retry.backoff(Long.MAX_VALUE, Duration.ofMillis(100))
            .maxBackoff(Duration.ofSeconds(5))
            .jitter(0.5);

    private final BudgetLedger budgets;
    private final AtomicInteger open = new AtomicInteger();
    private final Counter retried;
    private final Counter dropped;
    private final Counter breached;

    public BudgetResolution(BudgetLedger budgets, MeterRegistry registry) {
        this.budgets = budgets;
        this.retried = registry.counter("weir.budget.resolutions.retried");
        this.dropped = registry.counter("weir.budget.resolutions.dropped");
        this.breached = registry.counter("weir.budget.ceiling.breach");
        registry.gauge("weir.budget.resolutions.open", open);
    }

    /// Completes when the settlement is booked. Runs on when cancelled.
    public Mono<Void> settle(Hold hold, Amount actual) {
        if (actual.compareTo(hold.ceiling()) > 0) {
            breached.increment();
            LOG.error(
                    "Request {} cost {} although at most {} was held; the excess is the platform's",
                    hold.requestId(),
                    actual,
                    hold.ceiling());
        }
        return untilDone(
                hold, budgets.settle(hold.tenant(), hold.requestId(), actual).then());
    }

    /// Completes when the hold is given back. Runs on when cancelled.
    public Mono<Void> release(Hold hold) {
        return untilDone(hold, budgets.release(hold));
    }

    private Mono<Void> untilDone(Hold hold, Mono<Void> resolution) {
        Mono<Void> done = Mono.defer(() -> begin(hold, resolution)).cache();
        done.subscribe(ignored -> {}, failure -> LOG.error("Hold {} stays open", hold.requestId(), failure));
        return done;
    }

    private Mono<Void> begin(Hold hold, Mono<Void> resolution) {
        if (open.get() >= MOST_OPEN) {
            dropped.increment();
            return Mono.error(new IllegalStateException("too many unresolved holds: " + hold.requestId()));
        }
        open.incrementAndGet();
        return resolution
                .doOnError(failure -> note(hold, failure))
                .retryWhen(UNTIL_DONE)
                .doFinally(end -> open.decrementAndGet());
    }

    private void note(Hold hold, Throwable failure) {
        retried.increment();
        LOG.warn("Hold {} is not resolved yet: {}", hold.requestId(), failure.toString());
    }

    /// Resolutions that are not booked yet.
    public int open() {
        return open.get();
    }
}
