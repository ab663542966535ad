package io.weir.orchestration.ledger;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.weir.kafka.KafkaProperties;
import io.weir.ledger.LedgerCodec;
import io.weir.ledger.LedgerWriter;
import io.weir.ledger.MalformedUsageException;
import io.weir.ledger.OpenHolds;
import io.weir.ledger.OpenHolds.Effect;
import io.weir.ledger.OpenHolds.Open;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/// Reads the ledger back and sweeps: a hold that expired, and whose settlement is not in the partition, is recovered.
/// The instances share the partitions; each commits the offset of the earliest hold that is still open, from where
/// whoever comes next sees all of them. Runs on a thread of its own.
final class LedgerFollower implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(LedgerFollower.class);
    private static final String GROUP = "orchestration-follower";
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration SWEEP_EVERY = Duration.ofSeconds(1);
    private static final Duration COMMIT_EVERY = Duration.ofSeconds(5);
    private static final Duration ANSWER = Duration.ofSeconds(2);
    private static final Duration AGAIN_AFTER = Duration.ofSeconds(10);

    private final KafkaProperties kafka;
    private final Recovery recovery;
    private final InstantSource clock;
    private final Duration grace;
    private final BooleanSupplier ready;
    private final Counter duplicates;
    private final AtomicInteger open = new AtomicInteger();

    // Of the thread.
    private final Map<TopicPartition, OpenHolds> followed = new HashMap<>();
    private final Map<String, Instant> recovering = new HashMap<>();
    private Instant steadySince = Instant.MAX;
    private Instant nextSweep = Instant.MIN;
    private Instant nextCommit = Instant.MIN;

    private volatile boolean running;
    private volatile Thread thread = Thread.ofPlatform().unstarted(this::run);

    /// @param grace after a hold's expiry until it is recovered; longer than clocks differ
    /// @param ready false while this process may still have settlements of its own to deliver
    LedgerFollower(
            KafkaProperties kafka,
            Recovery recovery,
            InstantSource clock,
            Duration grace,
            MeterRegistry registry,
            BooleanSupplier ready) {
        this.kafka = kafka;
        this.recovery = recovery;
        this.clock = clock;
        this.grace = grace;
        this.ready = ready;
        this.duplicates = registry.counter("weir.ledger.duplicate.settlements");
        registry.gauge("weir.ledger.open.holds", open);
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
            } catch (KafkaException | IllegalStateException failed) {
                LOG.warn("The ledger's follower begins anew: {}", failed.toString());
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
        return new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer());
    }

    private void follow(KafkaConsumer<String, byte[]> consumer) {
        steadySince = clock.instant();
        consumer.subscribe(List.of(kafka.topic(LedgerWriter.TOPIC)), new Changes(consumer));
        while (running) {
            for (ConsumerRecord<String, byte[]> found : consumer.poll(POLL)) {
                apply(found);
            }
            Instant now = clock.instant();
            if (now.isAfter(nextSweep)) {
                nextSweep = now.plus(SWEEP_EVERY);
                sweep(consumer, now);
            }
            if (now.isAfter(nextCommit)) {
                nextCommit = now.plus(COMMIT_EVERY);
                commit(consumer, followed.keySet());
            }
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
        } catch (MalformedUsageException malformed) {
            LOG.debug("Not followed: {}", malformed.getMessage());
        }
    }

    private void sweep(KafkaConsumer<String, byte[]> consumer, Instant now) {
        open.set(followed.values().stream().mapToInt(OpenHolds::count).sum());
        recovering.values().removeIf(since -> since.plus(AGAIN_AFTER).isBefore(now));
        Instant latest = now.minus(grace);
        List<TopicPartition> due = followed.entrySet().stream()
                .filter(entry -> !entry.getValue().expired(latest).isEmpty())
                .map(Map.Entry::getKey)
                .toList();
        if (due.isEmpty()) {
            return;
        }
        try {
            sweep(consumer, due, now);
        } catch (KafkaException away) {
            // When it is back, those who live first write what they could not write meanwhile.
            steadySince = clock.instant();
        }
    }

    private void sweep(KafkaConsumer<String, byte[]> consumer, List<TopicPartition> due, Instant now) {
        // Asked for, not remembered: a settlement may lie in what was not read yet.
        Map<TopicPartition, Long> ends = consumer.endOffsets(due, ANSWER);
        if (!ready.getAsBoolean() || now.isBefore(steadySince.plus(grace))) {
            return;
        }
        for (TopicPartition partition : due) {
            OpenHolds holds = followed.get(partition);
            if (holds != null && consumer.position(partition, ANSWER) >= ends.getOrDefault(partition, Long.MAX_VALUE)) {
                holds.expired(now.minus(grace)).forEach(hold -> recover(hold, now));
            }
        }
    }

    private void recover(Open hold, Instant now) {
        if (recovering.putIfAbsent(hold.held().requestId(), now) == null) {
            recovery.recover(hold);
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
