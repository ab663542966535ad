package io.weir.observability;

import java.time.Duration;
import org.springframework.context.SmartLifecycle;
import reactor.core.publisher.Mono;

/// Whether this service is about to stop. Turns true before the server stops taking connections, and waits a moment,
/// so that a load balancer sees `/ready` fail and sends calls elsewhere.
public final class Draining implements SmartLifecycle {

    private final Duration delay;
    private volatile boolean running;
    private volatile boolean draining;

    /// @param delay between `/ready` failing and the server's own shutdown
    public Draining(Duration delay) {
        this.delay = delay;
    }

    public boolean isDraining() {
        return draining;
    }

    // The highest phase: the first to stop, before the web server's graceful shutdown.
    @Override
    public int getPhase() {
        return Integer.MAX_VALUE;
    }

    @Override
    public void start() {
        draining = false;
        running = true;
    }

    @Override
    public void stop() {
        draining = true;
        running = false;
    }

    @Override
    public void stop(Runnable callback) {
        stop();
        if (delay.isZero()) {
            callback.run();
        } else {
            Mono.delay(delay).subscribe(over -> callback.run());
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }
}
