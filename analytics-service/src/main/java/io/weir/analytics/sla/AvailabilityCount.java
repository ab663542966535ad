package io.weir.analytics.sla;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/// Counts the hours again and again, on a thread of its own, in every instance: the last ones often, as their records
/// still come in, and now and then all of which there are records, for those that came late.
final class AvailabilityCount implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(AvailabilityCount.class);
    private static final Duration LAST = Duration.ofHours(3);
    private static final Duration ALL_EVERY = Duration.ofHours(6);
    private static final Duration LIMIT = Duration.ofMinutes(5);

    private final AvailabilityHours hours;
    private final Duration every;
    private final Duration kept;
    private final BooleanSupplier ready;
    private final InstantSource clock;
    private Instant allAt = Instant.EPOCH;
    private volatile CountDownLatch stopped = new CountDownLatch(1);
    private volatile boolean running;

    /// @param kept how long the edge's records are kept
    /// @param ready whether what is asked can be answered yet
    AvailabilityCount(
            AvailabilityHours hours, Duration every, Duration kept, BooleanSupplier ready, InstantSource clock) {
        this.hours = hours;
        this.every = every;
        this.kept = kept;
        this.ready = ready;
        this.clock = clock;
    }

    @Override
    public void start() {
        running = true;
        stopped = new CountDownLatch(1);
        Thread.ofPlatform().name("availability-count").daemon().start(this::run);
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
            while (!stopped.await(every.toMillis(), TimeUnit.MILLISECONDS)) {
                if (ready.getAsBoolean()) {
                    count();
                }
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void count() {
        try {
            Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
            boolean all = !allAt.plus(ALL_EVERY).isAfter(now);
            hours.count(all ? firstWhole(now) : now.minus(LAST).truncatedTo(ChronoUnit.HOURS), now)
                    .block(LIMIT);
            allAt = all ? now : allAt;
        } catch (RuntimeException away) {
            if (running) {
                LOG.warn("What tenants had of their calls was not counted, trying again: {}", away.toString());
            }
        }
    }

    // Of an hour before it, some records may be gone already.
    private Instant firstWhole(Instant now) {
        Instant first = now.minus(kept).plus(Duration.ofDays(1)).truncatedTo(ChronoUnit.HOURS);
        Instant last = now.minus(LAST).truncatedTo(ChronoUnit.HOURS);
        return first.isAfter(last) ? last : first;
    }
}
