package io.weir.tenant.configuration;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/// Runs [HistoryCopies] every two seconds. Several processes may do so at once.
@Component
final class HistoryRelay implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(HistoryRelay.class);
    private static final Duration ROUND = Duration.ofSeconds(2);
    private static final Duration LONGEST = Duration.ofSeconds(60);

    private final HistoryCopies copies;
    private final Semaphore stopped = new Semaphore(0);
    private volatile boolean running;

    HistoryRelay(HistoryCopies copies) {
        this.copies = copies;
    }

    @Override
    public void start() {
        running = true;
        stopped.drainPermits();
        Thread.ofVirtual().name("configuration-history").start(this::run);
    }

    @Override
    public void stop() {
        running = false;
        stopped.release();
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    private void run() {
        try {
            while (!stopped.tryAcquire(ROUND.toMillis(), TimeUnit.MILLISECONDS)) {
                round();
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    private void round() {
        try {
            while (running && Boolean.TRUE.equals(copies.round().block(LONGEST))) {
                LOG.trace("Copied some, looking for more");
            }
        } catch (RuntimeException failed) {
            LOG.warn("The history of configurations is copied later: {}", String.valueOf(failed.getMessage()));
        }
    }
}
