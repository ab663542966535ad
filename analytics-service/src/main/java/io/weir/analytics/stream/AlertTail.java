package io.weir.analytics.stream;

import io.weir.kafka.KafkaProperties;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/// Reads what budgets raise, on a thread of its own, from the first stream on. Streams do not depend on it: while
/// it cannot read, they have no budget frames, and get them later.
final class AlertTail implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(AlertTail.class);
    private static final Duration BROKER_LIMIT = Duration.ofSeconds(5);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(10);
    private static final long PAUSE_MS = 5_000;
    // A topic may get partitions, or be made anew.
    private static final long LOOK_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final KafkaProperties kafka;
    private final String topic;
    private final Duration kept;
    private final Alerts alerts;
    private final InstantSource clock;
    private final Patience patience = new Patience();
    private volatile boolean wanted;
    private volatile boolean running;
    private volatile Thread thread = Thread.ofPlatform().unstarted(() -> {});

    AlertTail(KafkaProperties kafka, String topic, Duration kept, InstantSource clock) {
        this.kafka = kafka;
        this.topic = topic;
        this.kept = kept;
        this.alerts = new Alerts(kept);
        this.clock = clock;
    }

    /// Tells the stream what its reader may know, until it ends.
    void join(Audience audience, Outbox outbox) {
        alerts.join(audience, outbox, clock.instant());
        if (!wanted) {
            wanted = true;
            LockSupport.unpark(thread);
        }
    }

    @Override
    public synchronized void start() {
        running = true;
        thread = Thread.ofPlatform().name("cost-stream-alerts").daemon().start(this::run);
    }

    @Override
    public synchronized void stop() {
        running = false;
        thread.interrupt();
        try {
            thread.join(STOP_LIMIT);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    private void run() {
        while (running) {
            if (!wanted) {
                LockSupport.park(alerts);
            } else {
                try {
                    follow();
                } catch (RuntimeException failure) {
                    pause(failure);
                }
            }
        }
    }

    private void pause(RuntimeException failure) {
        if (running && patience.says(System.nanoTime())) {
            LOG.warn("Budgets' alerts cannot be read; streams get them later: {}", failure.toString());
        }
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(PAUSE_MS));
    }

    private void follow() {
        try (Consumer<String, byte[]> consumer = consumer()) {
            List<TopicPartition> partitions = partitions(consumer);
            consumer.assign(partitions);
            seek(consumer, partitions);
            long looked = System.nanoTime();
            while (running) {
                consumer.poll(POLL).forEach(this::raise);
                patience.restore();
                if (System.nanoTime() - looked > LOOK_NANOS) {
                    looked = System.nanoTime();
                    if (!partitions(consumer).equals(partitions)) {
                        return;
                    }
                }
            }
        }
    }

    private List<TopicPartition> partitions(Consumer<String, byte[]> consumer) {
        List<PartitionInfo> found = consumer.partitionsFor(topic, BROKER_LIMIT);
        if (found == null || found.isEmpty()) {
            throw new IllegalStateException(topic + " is not there yet");
        }
        return found.stream()
                .map(one -> new TopicPartition(topic, one.partition()))
                .sorted((one, other) -> Integer.compare(one.partition(), other.partition()))
                .toList();
    }

    private void seek(Consumer<String, byte[]> consumer, List<TopicPartition> partitions) {
        long since = clock.millis() - kept.toMillis();
        Map<TopicPartition, Long> times = new HashMap<>();
        partitions.forEach(one -> times.put(one, since));
        Map<TopicPartition, OffsetAndTimestamp> found = consumer.offsetsForTimes(times, BROKER_LIMIT);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions, BROKER_LIMIT);
        for (TopicPartition one : partitions) {
            OffsetAndTimestamp at = found.get(one);
            consumer.seek(one, at == null ? ends.getOrDefault(one, 0L) : at.offset());
        }
    }

    private void raise(ConsumerRecord<String, byte[]> record) {
        try {
            BudgetAlert.read(record).ifPresent(alert -> alerts.raise(alert, clock.instant()));
        } catch (IllegalArgumentException unreadable) {
            LOG.warn(
                    "An alert is not shown, partition {} offset {}: {}",
                    record.partition(),
                    record.offset(),
                    unreadable.getMessage());
        }
    }

    private Consumer<String, byte[]> consumer() {
        Map<String, Object> settings = new HashMap<>(kafka.client());
        settings.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers());
        settings.put(ConsumerConfig.CLIENT_ID_CONFIG, "analytics-stream-alerts");
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        settings.put(ConsumerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 2_000);
        return new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer());
    }
}
