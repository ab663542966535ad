package io.weir.snapshots;

import io.weir.kafka.KafkaProperties;
import io.weir.security.TrustedKeys;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/// Reads snapshot topics from their beginning and then for ever, on one thread, into tables.
///
/// While the broker is away at the start, each table's last good copy on disk stands in after a few seconds; the age
/// of what is served is [#age()].
public final class SnapshotReader implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(SnapshotReader.class);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration START_OVER_AFTER = Duration.ofSeconds(1);
    private static final Duration METADATA = Duration.ofSeconds(2);
    private static final Duration PATIENCE_FOR_BROKER = Duration.ofSeconds(3);
    private static final Duration SAVE_EVERY = Duration.ofSeconds(2);
    private static final Duration LOOK_FOR_TOPICS_EVERY = Duration.ofMillis(500);

    private final KafkaProperties kafka;
    private final TrustedKeys keys;
    private final Path directory;
    private final InstantSource clock;
    private final Map<String, FollowedTopic<?>> followed = new LinkedHashMap<>();
    private volatile CountDownLatch closing = new CountDownLatch(1);
    private volatile boolean running;
    private volatile long lastContact;
    private volatile Thread thread = Thread.ofPlatform().unstarted(() -> {});

    /// @param directory where last good copies are kept, on a disk that outlives the process
    public SnapshotReader(KafkaProperties kafka, TrustedKeys keys, Path directory, InstantSource clock) {
        this.kafka = kafka;
        this.keys = keys;
        this.directory = directory;
        this.clock = clock;
    }

    /// The table of a topic, the same for every caller. Must be asked for before the application starts.
    @SuppressWarnings("unchecked")
    public <T> SnapshotTable<T> table(SnapshotTopic<T> topic) {
        if (running) {
            throw new IllegalStateException(topic.suffix() + ": ask for the table before the application starts");
        }
        return (SnapshotTable<T>) followed.computeIfAbsent(
                        topic.suffix(),
                        suffix -> new FollowedTopic<>(
                                new SnapshotTable<>(topic, keys),
                                new LastGoodCopy(directory, topic),
                                new TopicPartition(kafka.topic(suffix), 0),
                                keys))
                .table();
    }

    /// The tables being read.
    public List<SnapshotTable<?>> tables() {
        List<SnapshotTable<?>> tables = new ArrayList<>();
        followed.values().forEach(topic -> tables.add(topic.table()));
        return tables;
    }

    /// Time since the broker last answered: how old the tables may be.
    public Duration age() {
        return Duration.ofMillis(clock.millis() - lastContact);
    }

    // After the topics are being created, before web servers accept requests.
    @Override
    public int getPhase() {
        return Integer.MIN_VALUE + 2000;
    }

    @Override
    public void start() {
        running = true;
        closing = new CountDownLatch(1);
        lastContact = clock.millis();
        thread = Thread.ofPlatform().name("snapshot-reader").daemon().start(this::run);
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
        followed.values().forEach(FollowedTopic::loadCopy);
        long started = lastContact;
        while (running) {
            try (Consumer<String, byte[]> consumer = consumer()) {
                follow(consumer, started);
            } catch (WakeupException stopped) {
                return;
            } catch (RuntimeException failed) {
                // Whatever it was: without this thread every table grows old, and nobody is told.
                LOG.error("Reading snapshots failed; starting over", failed);
                pause(START_OVER_AFTER);
            }
        }
        followed.values().forEach(FollowedTopic::saveIfChanged);
    }

    private void follow(Consumer<String, byte[]> consumer, long started) {
        Map<TopicPartition, FollowedTopic<?>> assigned = new HashMap<>();
        long lookAgainAt = 0;
        long saveAt = clock.millis() + SAVE_EVERY.toMillis();
        while (running) {
            long now = clock.millis();
            if (assigned.size() < followed.size() && now >= lookAgainAt) {
                assignNewTopics(consumer, assigned);
                lookAgainAt = clock.millis() + LOOK_FOR_TOPICS_EVERY.toMillis();
                letCopiesStandIn(started);
            }
            readAgainUnderOtherKeys(consumer, assigned);
            if (assigned.isEmpty()) {
                pause(POLL);
                continue;
            }
            applyAll(consumer.poll(POLL), assigned);
            assigned.values().forEach(topic -> noteProgress(consumer, topic));
            if (now >= saveAt) {
                followed.values().forEach(FollowedTopic::saveIfChanged);
                saveAt = now + SAVE_EVERY.toMillis();
            }
        }
    }

    // Topics that do not exist yet (their owner may be starting) are looked for again.
    private void assignNewTopics(Consumer<String, byte[]> consumer, Map<TopicPartition, FollowedTopic<?>> assigned) {
        List<TopicPartition> fresh = new ArrayList<>();
        try {
            Set<String> existing = consumer.listTopics(METADATA).keySet();
            lastContact = clock.millis();
            for (FollowedTopic<?> topic : followed.values()) {
                if (!assigned.containsKey(topic.partition())
                        && existing.contains(topic.partition().topic())) {
                    fresh.add(topic.partition());
                }
            }
            if (fresh.isEmpty()) {
                return;
            }
            Map<TopicPartition, Long> ends = consumer.endOffsets(fresh, METADATA);
            for (TopicPartition partition : fresh) {
                FollowedTopic<?> topic = of(partition);
                topic.readyAt(ends.getOrDefault(partition, 0L));
                assigned.put(partition, topic);
            }
        } catch (TimeoutException brokerAway) {
            LOG.warn("The broker does not answer; snapshots wait for it: {}", String.valueOf(brokerAway.getMessage()));
            return;
        }
        consumer.assign(assigned.keySet());
        consumer.seekToBeginning(fresh);
    }

    private FollowedTopic<?> of(TopicPartition partition) {
        for (FollowedTopic<?> topic : followed.values()) {
            if (topic.partition().equals(partition)) {
                return topic;
            }
        }
        throw new IllegalStateException("not followed: " + partition);
    }

    private static void applyAll(
            ConsumerRecords<String, byte[]> records, Map<TopicPartition, FollowedTopic<?>> assigned) {
        for (ConsumerRecord<String, byte[]> received : records) {
            FollowedTopic<?> topic = assigned.get(new TopicPartition(received.topic(), received.partition()));
            if (topic != null) {
                topic.apply(received);
            }
        }
    }

    // A key may be trusted later than the first record that it signed is read.
    private void readAgainUnderOtherKeys(
            Consumer<String, byte[]> consumer, Map<TopicPartition, FollowedTopic<?>> assigned) {
        for (FollowedTopic<?> topic : followed.values()) {
            if (!topic.isToBeReadAgain()) {
                continue;
            }
            LOG.info(
                    "Reading {} again: other keys are trusted since records were refused",
                    topic.partition().topic());
            if (assigned.containsKey(topic.partition())) {
                consumer.seekToBeginning(List.of(topic.partition()));
            } else {
                topic.loadCopy();
            }
        }
    }

    private void noteProgress(Consumer<String, byte[]> consumer, FollowedTopic<?> topic) {
        if (!topic.table().isReady() && consumer.position(topic.partition(), METADATA) >= topic.readyAt()) {
            topic.markReady();
            LOG.info(
                    "Read {} to its end: {} records",
                    topic.partition().topic(),
                    topic.table().size());
        }
        // The lag is known only from fetches that were answered.
        if (consumer.currentLag(topic.partition()).orElse(1) == 0) {
            lastContact = clock.millis();
        }
    }

    private void letCopiesStandIn(long started) {
        boolean brokerAway = clock.millis() - lastContact >= PATIENCE_FOR_BROKER.toMillis();
        if (!brokerAway || clock.millis() - started < PATIENCE_FOR_BROKER.toMillis()) {
            return;
        }
        for (FollowedTopic<?> topic : followed.values()) {
            if (topic.isCopied() && !topic.table().isReady()) {
                topic.table().markReady();
                LOG.warn(
                        "Serving {} from its last good copy; the broker is away",
                        topic.partition().topic());
            }
        }
    }

    // Ends at close.
    private void pause(Duration atMost) {
        try {
            if (closing.await(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.debug("Closing");
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private Consumer<String, byte[]> consumer() {
        Map<String, Object> settings = new HashMap<>(kafka.client());
        settings.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers());
        settings.put(ConsumerConfig.CLIENT_ID_CONFIG, "snapshot-reader");
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        settings.put(ConsumerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 500);
        settings.put(ConsumerConfig.METADATA_MAX_AGE_CONFIG, 5_000);
        return new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer());
    }
}
