package io.weir.tenant.lifecycle;

import io.weir.r2dbc.PlatformTransaction;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/// Does work as it falls due, one job at a time. A process that dies leaves its job to another two minutes later: every
/// step may be repeated. What fails is tried again every ten seconds, and says in its job why.
@Component
final class JobWorker implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(JobWorker.class);
    private static final Duration ROUND = Duration.ofSeconds(1);
    private static final Duration AGAIN = Duration.ofSeconds(10);
    private static final Duration LONGEST = Duration.ofHours(1);
    private static final Duration STATEMENT = Duration.ofSeconds(20);

    private final PlatformTransaction platform;
    private final Export export;
    private final Erasure erasure;
    private final Clock clock;
    private final Semaphore work = new Semaphore(0);
    private volatile boolean running;

    JobWorker(PlatformTransaction platform, Export export, Erasure erasure, Clock clock) {
        this.platform = platform;
        this.export = export;
        this.erasure = erasure;
        this.clock = clock;
    }

    /// Has it look at once.
    void wake() {
        work.release();
    }

    @Override
    public void start() {
        running = true;
        Thread.ofVirtual().name("job-worker").start(this::run);
    }

    // What was begun is taken on again by the next process.
    @Override
    public void stop() {
        running = false;
        wake();
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    private void run() {
        try {
            while (running) {
                boolean woken = work.tryAcquire(ROUND.toMillis(), TimeUnit.MILLISECONDS);
                work.drainPermits();
                LOG.trace("Looking for work, woken: {}", woken);
                doWhatIsDue();
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private void doWhatIsDue() {
        try {
            ClaimedJob job = ClaimedJob.next(platform, clock).block(STATEMENT);
            while (running && job != null) {
                run(job);
                job = ClaimedJob.next(platform, clock).block(STATEMENT);
            }
        } catch (RuntimeException failed) {
            LOG.warn("Jobs wait: {}", String.valueOf(failed.getMessage()));
        }
    }

    private void run(ClaimedJob job) {
        LOG.info("Job {}: {} of tenant {}", job.id(), job.work(), job.tenant());
        Mono<Void> done = switch (job.work()) {
            case EXPORT -> export.run(job);
            case ERASURE -> erasure.run(job);
        };
        done.onErrorResume(failed -> {
                    LOG.warn("Job {} is tried again", job.id(), failed);
                    return job.later(platform, clock, AGAIN, String.valueOf(failed.getMessage()));
                })
                .block(LONGEST);
    }
}
