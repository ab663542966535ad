package io.weir.security;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/// Has the key files looked at again and again while the service runs, on a thread of its own.
public final class KeyReloading implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(KeyReloading.class);

    private final List<Reloadable> files;
    private final Duration every;
    private volatile @Nullable ScheduledExecutorService thread;

    public KeyReloading(List<Reloadable> files, Duration every) {
        this.files = List.copyOf(files);
        this.every = every;
    }

    // A refresh never ends the schedule: what it throws is caught.
    @Override
    @SuppressWarnings("FutureReturnValueIgnored")
    public void start() {
        ScheduledExecutorService started = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("key-files").factory());
        started.scheduleWithFixedDelay(this::refresh, every.toMillis(), every.toMillis(), TimeUnit.MILLISECONDS);
        thread = started;
    }

    private void refresh() {
        for (Reloadable one : files) {
            try {
                one.refresh();
            } catch (RuntimeException unexpected) {
                LOG.error("Key files could not be looked at", unexpected);
            }
        }
    }

    @Override
    public void stop() {
        ScheduledExecutorService running = thread;
        thread = null;
        if (running != null) {
            running.shutdownNow();
        }
    }

    @Override
    public boolean isRunning() {
        return thread != null;
    }
}
