package io.weir.tenant.apikey;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/// Looks after keys in the background, every minute: see [KeyCare]. Several processes may do so at once.
@Component
final class KeyHousekeeping implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(KeyHousekeeping.class);
    private static final Duration LONGEST = Duration.ofSeconds(60);

    private final KeyCare care;
    private final KeyProperties properties;
    private final Semaphore stopped = new Semaphore(0);
    private volatile boolean running;

    KeyHousekeeping(KeyCare care, KeyProperties properties) {
        this.care = care;
        this.properties = properties;
    }

    @Override
    public void start() {
        running = true;
        stopped.drainPermits();
        Thread.ofVirtual().name("key-housekeeping").start(this::run);
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
            while (!stopped.tryAcquire(properties.housekeeping().toMillis(), TimeUnit.MILLISECONDS)) {
                round();
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    private void round() {
        try {
            care.round().block(LONGEST);
        } catch (RuntimeException failed) {
            LOG.warn("Old keys are looked after later: {}", String.valueOf(failed.getMessage()));
        }
    }
}
