package io.weir.orchestration.inference;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import reactor.core.publisher.Mono;

/// The calls that are not booked to their end yet, whether or not anybody still listens. A shutdown waits for them.
public final class OpenCalls implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(OpenCalls.class);
    private static final Duration LOOK_EVERY = Duration.ofMillis(50);
    private static final Duration PATIENCE = Duration.ofSeconds(125);

    private final AtomicInteger open = new AtomicInteger();
    private volatile boolean running;

    public OpenCalls(MeterRegistry registry) {
        registry.gauge("weir.calls.open", open);
    }

    public void begin() {
        open.incrementAndGet();
    }

    public void end() {
        open.decrementAndGet();
    }

    int count() {
        return open.get();
    }

    // After the web server, which stops in the highest phases; before what booking needs.
    @Override
    public int getPhase() {
        return 0;
    }

    @Override
    public void start() {
        running = true;
    }

    @Override
    public void stop() {
        running = false;
    }

    @Override
    public void stop(Runnable callback) {
        running = false;
        Mono.delay(LOOK_EVERY)
                .repeat(() -> open.get() > 0)
                .then()
                .timeout(PATIENCE)
                .doOnError(stuck -> LOG.error("Stopping although {} calls are not booked to their end", open.get()))
                .onErrorComplete()
                .subscribe(null, failure -> callback.run(), callback);
    }

    @Override
    public boolean isRunning() {
        return running;
    }
}
