package io.weir.orchestration.batch;

import io.weir.kafka.KafkaProperties;
import io.weir.kafka.TenantHeader;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import reactor.core.publisher.Mono;

/// Takes work on batches from the topic, no more than it has room for; the instances share it. Nothing
/// depends on a record being kept: what is not done is offered again. Runs on a thread of its own,
/// which outlives whatever it meets.
final class BatchWorker implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(BatchWorker.class);
    private static final String GROUP = "orchestration-batches";
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofSeconds(100);

    private final KafkaProperties kafka;
    private final BatchWork work;
    private final int most;
    private final AtomicInteger inHand = new AtomicInteger();
    private volatile boolean running;
    private volatile Thread thread = Thread.ofPlatform().unstarted(this::run);

    /// @param most that is worked on at once
    BatchWorker(KafkaProperties kafka, BatchWork work, int most) {
        this.kafka = kafka;
        this.work = work;
        this.most = most;
    }

    @Override
    public void start() {
        running = true;
        thread = Thread.ofPlatform().name("batch-worker").daemon().start(this::run);
    }

    private void run() {
        while (running) {
            try (KafkaConsumer<String, byte[]> consumer = consumer()) {
                consumer.subscribe(List.of(kafka.topic(WorkOffers.TOPIC)));
                while (running) {
                    poll(consumer);
                }
            } catch (RuntimeException | Error failed) {
                LOG.warn("The worker of batches begins anew", failed);
                LockSupport.parkNanos(PAUSE.toNanos());
            }
        }
    }

    private KafkaConsumer<String, byte[]> consumer() {
        Map<String, Object> settings = new HashMap<>(kafka.client());
        settings.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers());
        settings.put(ConsumerConfig.CLIENT_ID_CONFIG, "batch-worker");
        settings.put(ConsumerConfig.GROUP_ID_CONFIG, kafka.topic(GROUP));
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, true);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 1);
        settings.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, 10_000);
        settings.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, 2_000);
        settings.put(ConsumerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 500);
        settings.put(ConsumerConfig.METADATA_MAX_AGE_CONFIG, 5_000);
        return new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer());
    }

    private void poll(KafkaConsumer<String, byte[]> consumer) {
        if (inHand.get() < most) {
            consumer.resume(consumer.paused());
        } else {
            consumer.pause(consumer.assignment());
        }
        for (ConsumerRecord<String, byte[]> found : consumer.poll(POLL)) {
            take(found);
        }
    }

    private void take(ConsumerRecord<String, byte[]> found) {
        WorkItem item;
        try {
            item = WorkItem.read(found.value());
        } catch (RuntimeException unknown) {
            LOG.warn("{}/{} of the batches' topic is no work", found.partition(), found.offset());
            return;
        }
        if (!TenantHeader.read(found.headers()).filter(item.tenantId()::equals).isPresent()) {
            LOG.warn("{}/{} of the batches' topic names two tenants", found.partition(), found.offset());
            return;
        }
        inHand.incrementAndGet();
        work.take(item).doFinally(end -> inHand.decrementAndGet()).subscribe();
    }

    @Override
    public void stop() {
        stop(() -> {});
    }

    @Override
    public void stop(Runnable callback) {
        running = false;
        work.stop();
        Mono.delay(POLL)
                .repeat(() -> inHand.get() > 0 || thread.isAlive())
                .then()
                .timeout(PATIENCE)
                .doOnError(stuck -> LOG.warn("Stopping although {} pieces of work are under way", inHand.get()))
                .onErrorComplete()
                .subscribe(null, failure -> callback.run(), callback);
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    // Its calls end before what booking needs, and it is the last to begin.
    @Override
    public int getPhase() {
        return 100;
    }
}
