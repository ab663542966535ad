package io.weir.billing.budget;

import io.weir.tenancy.TenantId;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import reactor.core.publisher.Mono;

/// Publishes what was stored while the broker was away, or by a process that died before it published; and at its start
/// the platform's budgets, since no tenant's snapshot brings them.
final class BudgetRelay implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(BudgetRelay.class);
    private static final Duration EVERY = Duration.ofSeconds(2);
    private static final Duration ROUND_LIMIT = Duration.ofSeconds(30);

    private final R2dbcPublications publications;
    private final TenantBudgets budgets;
    private final ScheduledExecutorService timer = new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().name("budget-relay").daemon().factory());
    private boolean platformTold;
    private volatile boolean running;

    BudgetRelay(R2dbcPublications publications, TenantBudgets budgets) {
        this.publications = publications;
        this.budgets = budgets;
    }

    // What the timer runs catches its own failures.
    @SuppressWarnings("FutureReturnValueIgnored")
    @Override
    public void start() {
        running = true;
        timer.scheduleWithFixedDelay(this::round, EVERY.toMillis(), EVERY.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void round() {
        try {
            if (!platformTold) {
                run(publications.of(TenantId.PLATFORM).flatMap(budgets::publishAll));
                platformTold = true;
            }
            run(publications.waiting().flatMap(budgets::publishAll));
        } catch (RuntimeException later) {
            LOG.warn("Budgets wait to be published: {}", later.toString());
        }
    }

    private static void run(Mono<Void> work) {
        work.block(ROUND_LIMIT);
    }

    @Override
    public void stop() {
        running = false;
        timer.shutdown();
        try {
            if (!timer.awaitTermination(EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
                timer.shutdownNow();
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    // After the database is migrated, and the topic there.
    @Override
    public int getPhase() {
        return Integer.MIN_VALUE + 1500;
    }
}
