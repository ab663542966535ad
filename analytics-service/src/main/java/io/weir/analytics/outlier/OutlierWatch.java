package io.weir.analytics.outlier;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import reactor.core.publisher.Mono;

/// Looks for tenants that stand out, on a thread of its own, in every instance.
final class OutlierWatch implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(OutlierWatch.class);
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Duration SPEND_LIMIT = Duration.ofMinutes(2);
    private static final Duration RECENT = Duration.ofMinutes(5);

    private final OutlierProperties properties;
    private final TenantFigures figures;
    private final Revenue revenue;
    private final OutlierMeters meters;
    private final BooleanSupplier ready;
    private final InstantSource clock;
    private Instant spendAt = Instant.EPOCH;
    private volatile CountDownLatch stopped = new CountDownLatch(1);
    private volatile boolean running;

    /// @param ready whether what is asked can be answered yet
    OutlierWatch(
            OutlierProperties properties,
            TenantFigures figures,
            Revenue revenue,
            OutlierMeters meters,
            BooleanSupplier ready,
            InstantSource clock) {
        this.properties = properties;
        this.figures = figures;
        this.revenue = revenue;
        this.meters = meters;
        this.ready = ready;
        this.clock = clock;
    }

    @Override
    public void start() {
        running = true;
        stopped = new CountDownLatch(1);
        Thread.ofPlatform().name("outlier-watch").daemon().start(this::run);
    }

    @Override
    public void stop() {
        running = false;
        stopped.countDown();
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    private void run() {
        try {
            while (!stopped.await(properties.every().toMillis(), TimeUnit.MILLISECONDS)) {
                if (ready.getAsBoolean()) {
                    look();
                }
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void look() {
        try {
            Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
            meters.recent(await(figures.recent(now.minus(RECENT)), LIMIT), revenue::plan);
            meters.quotas(await(figures.quotas(now), LIMIT), revenue::plan);
            if (!spendAt.plus(properties.spendEvery()).isAfter(now)) {
                meters.spend(await(figures.spend(now, Revenue.month(now)), SPEND_LIMIT), revenue, now);
                spendAt = now;
            }
        } catch (RuntimeException away) {
            if (running) {
                meters.failed();
                LOG.warn("It was not looked for tenants that stand out: {}", away.toString());
            }
        }
    }

    private static <T> T await(Mono<T> answer, Duration limit) {
        return Objects.requireNonNull(answer.block(limit));
    }
}
