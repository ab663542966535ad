package io.weir.orchestration.batch;

import io.weir.kafka.KafkaProperties;
import io.weir.kafka.RecordSender;
import io.weir.kafka.TenantHeader;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// Gives work on batches to the workers of all instances, through a topic. The database says what is to
/// be done: what is lost on the way, or whose worker died, is offered again. Safe for use by many
/// threads.
final class WorkOffers implements SmartLifecycle {

    /// The topic, without the prefix.
    static final String TOPIC = "batch-work.v1";

    private static final Logger LOG = LoggerFactory.getLogger(WorkOffers.class);
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final int AT_ONCE = 64;

    private final R2dbcQueue queue;
    private final KafkaProperties kafka;
    private final Duration every;
    private final AtomicBoolean woken = new AtomicBoolean();
    private final ScheduledExecutorService timer = new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().name("batch-offers").daemon().factory());
    private final RecordSender sender;
    private volatile boolean running;

    WorkOffers(R2dbcQueue queue, KafkaProperties kafka, Duration every) {
        this.queue = queue;
        this.kafka = kafka;
        this.every = every;
        this.sender = RecordSender.create(kafka, "batch-work", Duration.ofSeconds(5));
    }

    /// There may be work now: looks for it before its next round.
    void wake() {
        if (running && woken.compareAndSet(false, true)) {
            try {
                timer.execute(() -> {
                    woken.set(false);
                    round();
                });
            } catch (RejectedExecutionException stopped) {
                LOG.debug("Another instance finds it");
            }
        }
    }

    // What the timer runs catches its own failures.
    @Override
    @SuppressWarnings("FutureReturnValueIgnored")
    public void start() {
        running = true;
        timer.scheduleWithFixedDelay(this::round, every.toMillis(), every.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void round() {
        try {
            queue.next()
                    .flatMapMany(Flux::fromIterable)
                    .flatMap(this::offer, AT_ONCE)
                    .then()
                    .block(LIMIT);
        } catch (RuntimeException later) {
            LOG.warn("Work on batches waits: {}", later.toString());
        }
    }

    private Mono<Void> offer(WorkItem item) {
        ProducerRecord<String, byte[]> record = new ProducerRecord<>(kafka.topic(TOPIC), item.key(), item.bytes());
        TenantHeader.stamp(record.headers(), item.tenantId());
        return sender.send(record).then();
    }

    @Override
    public void stop() {
        running = false;
        timer.shutdown();
        try {
            if (!timer.awaitTermination(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                timer.shutdownNow();
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
        sender.close();
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    // Before the database's connections go.
    @Override
    public int getPhase() {
        return Integer.MIN_VALUE + 3000;
    }
}
