package io.weir.tenant.keyuse;

import io.weir.kafka.BatchedFetches;
import io.weir.kafka.KafkaProperties;
import io.weir.r2dbc.PlatformTransaction;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/// Follows the gateway's access records on one thread, and writes down every few seconds when each key was last used.
/// Its place is committed after that, so that a crash repeats some uses and loses none. One that begins without a
/// place begins with what comes: last uses from before are not worth seven days of records.
@Component
final class AccessTail implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(AccessTail.class);
    private static final String TOPIC = "access.v1";
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration WRITE_EVERY = Duration.ofSeconds(3);
    private static final Duration WRITING = Duration.ofSeconds(20);
    private static final Duration START_OVER_AFTER = Duration.ofSeconds(5);
    private static final Duration FETCH = Duration.ofMillis(500);

    private final KafkaProperties kafka;
    private final PlatformTransaction platform;
    private volatile CountDownLatch closing = new CountDownLatch(1);
    private volatile boolean running;
    private volatile Thread thread = Thread.ofPlatform().unstarted(() -> {});

    AccessTail(KafkaProperties kafka, PlatformTransaction platform) {
        this.kafka = kafka;
        this.platform = platform;
    }

    @Override
    public void start() {
        running = true;
        closing = new CountDownLatch(1);
        thread = Thread.ofPlatform().name("access-tail").daemon().start(this::run);
    }

    @Override
    public void stop() {
        running = false;
        closing.countDown();
        try {
            thread.join(Duration.ofSeconds(10));
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    private void run() {
        while (running) {
            try (Consumer<String, byte[]> consumer = consumer()) {
                consumer.subscribe(List.of(kafka.topic(TOPIC)));
                follow(consumer);
            } catch (RuntimeException failed) {
                LOG.warn("Last uses of keys are written down later: {}", String.valueOf(failed.getMessage()));
                pause();
            }
        }
    }

    private void follow(Consumer<String, byte[]> consumer) {
        LastUses uses = new LastUses(platform);
        long writeAt = System.nanoTime() + WRITE_EVERY.toNanos();
        while (running) {
            for (ConsumerRecord<String, byte[]> received : consumer.poll(POLL)) {
                AccessRecords.read(received).ifPresent(uses::add);
            }
            if (System.nanoTime() - writeAt >= 0) {
                write(consumer, uses);
                writeAt = System.nanoTime() + WRITE_EVERY.toNanos();
            }
        }
        write(consumer, uses);
    }

    private static void write(Consumer<String, byte[]> consumer, LastUses uses) {
        if (!uses.isEmpty()) {
            uses.write().block(WRITING);
            consumer.commitSync(WRITING);
        }
    }

    // Ends at close.
    private void pause() {
        try {
            if (closing.await(START_OVER_AFTER.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.debug("Closing");
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private Consumer<String, byte[]> consumer() {
        Map<String, Object> settings = new HashMap<>(kafka.client());
        settings.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers());
        settings.put(ConsumerConfig.CLIENT_ID_CONFIG, "access-tail");
        settings.put(ConsumerConfig.GROUP_ID_CONFIG, kafka.topic("tenant-key-use"));
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "latest");
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        settings.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, 10_000);
        settings.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, 2_000);
        settings.put(ConsumerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 1_000);
        settings.put(ConsumerConfig.METADATA_MAX_AGE_CONFIG, 5_000);
        settings.putAll(BatchedFetches.within(FETCH));
        return new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer());
    }
}
