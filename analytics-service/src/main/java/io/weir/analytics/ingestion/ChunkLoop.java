package io.weir.analytics.ingestion;

import io.weir.kafka.BatchedFetches;
import io.weir.kafka.KafkaProperties;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/// Reads a topic for ever, on one thread. Waits for the schema and for the topic, which another service creates;
/// begins a new membership whenever one ends.
public final class ChunkLoop implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(ChunkLoop.class);
    private static final int FETCH_BYTES = 8 << 20;
    private static final Duration FETCH = Duration.ofMillis(100);
    private static final Duration PAUSE = Duration.ofMillis(500);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(15);

    private final KafkaProperties kafka;
    private final IngestionTopic topic;
    private final ChunkHandler handler;
    private final ChunkSink sink;
    private final DeadLetters deadLetters;
    private final IngestionStatus status;
    private final StepListener steps;
    private final BooleanSupplier schemaReady;
    private final InstantSource clock;
    private volatile CountDownLatch stopped = new CountDownLatch(0);
    private volatile Thread thread = Thread.ofPlatform().unstarted(() -> {});

    ChunkLoop(
            KafkaProperties kafka,
            IngestionTopic topic,
            ChunkHandler handler,
            ChunkSink sink,
            DeadLetters deadLetters,
            IngestionStatus status,
            StepListener steps,
            BooleanSupplier schemaReady,
            InstantSource clock) {
        this.kafka = kafka;
        this.topic = topic;
        this.handler = handler;
        this.sink = sink;
        this.deadLetters = deadLetters;
        this.status = status;
        this.steps = steps;
        this.schemaReady = schemaReady;
        this.clock = clock;
    }

    @Override
    public synchronized void start() {
        stopped = new CountDownLatch(1);
        thread = Thread.ofPlatform().name("ingestion-" + topic.name()).daemon().start(this::run);
    }

    /// Finishes the chunk at hand.
    @Override
    public synchronized void stop() {
        stopped.countDown();
        try {
            if (!thread.join(STOP_LIMIT)) {
                thread.interrupt();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean isRunning() {
        return thread.isAlive();
    }

    private boolean goesOn() {
        return stopped.getCount() > 0;
    }

    private void run() {
        while (goesOn()) {
            try {
                session();
            } catch (RuntimeException ended) {
                status.failed();
                LOG.warn("{}: ingestion begins again: {}", topic.name(), ended.toString());
                pause();
            } catch (InterruptedException interrupted) {
                return;
            }
        }
    }

    private void session() throws InterruptedException {
        while (goesOn() && !schemaReady.getAsBoolean()) {
            pause();
        }
        String log = logOnceItExists();
        if (!goesOn()) {
            return;
        }
        try (Consumer<String, byte[]> consumer =
                new KafkaConsumer<>(settings(), new StringDeserializer(), new ByteArrayDeserializer())) {
            ChunkSession session =
                    new ChunkSession(consumer, log, topic, handler, sink, deadLetters, status, steps, clock);
            session.join();
            while (goesOn()) {
                session.step();
            }
        }
    }

    /// Topic and topic id: offsets of a topic that was deleted and made anew must not be taken for the old ones.
    private String logOnceItExists() throws InterruptedException {
        Map<String, Object> client = new HashMap<>(kafka.client());
        client.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers());
        try (Admin admin = Admin.create(client)) {
            while (goesOn()) {
                try {
                    TopicDescription found = admin.describeTopics(List.of(topic.name()))
                            .allTopicNames()
                            .get(5, TimeUnit.SECONDS)
                            .get(topic.name());
                    return topic.name() + "#" + (found == null ? "" : found.topicId());
                } catch (ExecutionException | TimeoutException notYet) {
                    if (!(notYet.getCause() instanceof UnknownTopicOrPartitionException)) {
                        LOG.warn("{}: broker does not answer yet: {}", topic.name(), notYet.toString());
                    }
                    pause();
                }
            }
            return "";
        }
    }

    private Map<String, Object> settings() {
        Map<String, Object> settings = new HashMap<>(kafka.client());
        settings.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers());
        settings.put(ConsumerConfig.GROUP_ID_CONFIG, topic.group());
        settings.put(ConsumerConfig.CLIENT_ID_CONFIG, topic.group());
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, topic.chunkRecords());
        settings.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, FETCH_BYTES);
        settings.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, 15_000);
        settings.put(ConsumerConfig.METADATA_MAX_AGE_CONFIG, 30_000);
        settings.put(ConsumerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 500);
        settings.putAll(BatchedFetches.within(FETCH));
        return settings;
    }

    private void pause() {
        try {
            if (stopped.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.debug("{}: stopping", topic.name());
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            stopped.countDown();
        }
    }
}
