package io.weir.orchestration.ledger;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.weir.kafka.BatchedFetches;
import io.weir.kafka.KafkaProperties;
import io.weir.ledger.LedgerCodec;
import io.weir.ledger.LedgerWriter;
import io.weir.ledger.OpenHolds;
import io.weir.ledger.OpenHolds.Effect;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/// Reads the ledger back for the sweeper. The instances share the partitions; each commits the offset of the earliest
/// hold that is still open, from where whoever comes next sees all of them. Runs on a thread of its own, which outlives
/// whatever it meets.
final class LedgerFollower implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(LedgerFollower.class);
    private static final String GROUP = "orchestration-follower";
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration FETCH = Duration.ofMillis(100);
    private static final Duration SWEEP_EVERY = Duration.ofSeconds(1);
    private static final Duration COMMIT_EVERY = Duration.ofSeconds(5);
    private static final Duration ANSWER = Duration.ofSeconds(2);
    private static final Duration SILENCE = Duration.ofSeconds(60);
    private static final long MUCH = 100_000;

    private final KafkaProperties kafka;
    private final Sweeper sweeper;
    private final InstantSource clock;
    private final Counter duplicates;
    private final Counter unreadable;
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicLong behind = new AtomicLong();

    // Of the thread.
    private final Map<TopicPartition, OpenHolds> followed = new HashMap<>();
    private Instant nextSweep = Instant.MIN;
    private Instant nextCommit = Instant.MIN;

    private volatile boolean running;
    private volatile long lastRound = System.nanoTime();
    private volatile Thread thread = Thread.ofPlatform().unstarted(this::run);

    LedgerFollower(KafkaProperties kafka, Sweeper sweeper, InstantSource clock, MeterRegistry registry) {
        this.kafka = kafka;
        this.sweeper = sweeper;
        this.clock = clock;
        this.duplicates = registry.counter("weir.ledger.duplicate.settlements");
        this.unreadable = registry.counter("weir.ledger.follower.unreadable");
        registry.gauge("weir.ledger.open.holds", open);
        registry.gauge("weir.ledger.follower.lag", behind);
    }

    /// Why nobody sweeps here; null: all is well. For any thread.
    @Nullable
    String trouble(long now) {
        Duration silent = Duration.ofNanos(now - lastRound);
        if (silent.compareTo(SILENCE) > 0) {
            return "the ledger was not read for " + silent.toSeconds() + " s";
        }
        return behind.get() > MUCH ? behind.get() + " records of the ledger are not read yet" : null;
    }

    /// For any thread.
    String figures() {
        return behind.get() + " records behind, " + open.get() + " holds open";
    }

    @Override
    public void start() {
        running = true;
        thread = Thread.ofPlatform().name("ledger-follower").daemon().start(this::run);
    }

    // Before what it writes with.
    @Override
    public void stop() {
        running = false;
        try {
            thread.join(Duration.ofSeconds(5));
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
            try (KafkaConsumer<String, byte[]> consumer = consumer()) {
                follow(consumer);
            } catch (RuntimeException | Error failed) {
                LOG.warn("The ledger's follower begins anew", failed);
                pause();
            } finally {
                followed.clear();
            }
        }
    }

    private static void pause() {
        LockSupport.parkNanos(SWEEP_EVERY.toNanos());
    }

    private KafkaConsumer<String, byte[]> consumer() {
        Map<String, Object> settings = new HashMap<>(kafka.client());
        settings.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers());
        settings.put(ConsumerConfig.CLIENT_ID_CONFIG, "ledger-follower");
        settings.put(ConsumerConfig.GROUP_ID_CONFIG, kafka.topic(GROUP));
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        // A killed instance's partitions are swept by others after so long.
        settings.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, 10_000);
        settings.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, 2_000);
        settings.put(ConsumerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 500);
        settings.put(ConsumerConfig.METADATA_MAX_AGE_CONFIG, 5_000);
        settings.putAll(BatchedFetches.within(FETCH));
        return new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer());
    }

    private void follow(KafkaConsumer<String, byte[]> consumer) {
        sweeper.disturbed(clock.instant());
        consumer.subscribe(List.of(kafka.topic(LedgerWriter.TOPIC)), new Changes(consumer));
        while (running) {
            for (ConsumerRecord<String, byte[]> found : consumer.poll(POLL)) {
                apply(found);
            }
            Instant now = clock.instant();
            if (now.isAfter(nextSweep)) {
                nextSweep = now.plus(SWEEP_EVERY);
                open.set(followed.values().stream().mapToInt(OpenHolds::count).sum());
                sweeper.sweep(consumer, followed, now);
            }
            if (now.isAfter(nextCommit)) {
                nextCommit = now.plus(COMMIT_EVERY);
                commit(consumer, followed.keySet());
            }
            behind.set(followed.keySet().stream()
                    .mapToLong(partition -> consumer.currentLag(partition).orElse(0))
                    .sum());
            lastRound = System.nanoTime();
        }
    }

    private void apply(ConsumerRecord<String, byte[]> found) {
        OpenHolds holds = followed.get(new TopicPartition(found.topic(), found.partition()));
        if (holds == null) {
            return;
        }
        try {
            Effect effect = holds.apply(found.offset(), LedgerCodec.read(found.value()), clock.instant());
            if (effect == Effect.DUPLICATE) {
                duplicates.increment();
            }
        } catch (RuntimeException unknown) {
            // Of another version, or damaged: whoever bills reads it too, and puts it aside.
            unreadable.increment();
            LOG.warn("{}/{} of the ledger is not followed: {}", found.partition(), found.offset(), unknown.toString());
        }
    }

    private void commit(KafkaConsumer<String, byte[]> consumer, Collection<TopicPartition> partitions) {
        try {
            Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
            for (TopicPartition partition : partitions) {
                OpenHolds holds = followed.get(partition);
                if (holds != null) {
                    long position = consumer.position(partition, ANSWER);
                    offsets.put(
                            partition,
                            new OffsetAndMetadata(holds.earliestOffset().orElse(position)));
                }
            }
            consumer.commitSync(offsets, ANSWER);
        } catch (WakeupException stopped) {
            LOG.debug("Stopped while committing");
        } catch (KafkaException notNow) {
            LOG.debug("Offsets of the ledger's follower not committed: {}", notNow.toString());
        }
    }

    /// Partitions that come begin with nothing known; the committed offset is before all that is open.
    private final class Changes implements ConsumerRebalanceListener {

        private final KafkaConsumer<String, byte[]> consumer;

        Changes(KafkaConsumer<String, byte[]> consumer) {
            this.consumer = consumer;
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            partitions.forEach(partition -> followed.put(partition, new OpenHolds()));
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            commit(consumer, partitions);
            partitions.forEach(followed::remove);
        }

        @Override
        public void onPartitionsLost(Collection<TopicPartition> partitions) {
            partitions.forEach(followed::remove);
        }
    }
}
