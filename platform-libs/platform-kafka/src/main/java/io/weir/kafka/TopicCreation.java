package io.weir.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.errors.TopicExistsException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/// Creates the topics that a service owns. Works in the background and keeps trying, so that a service starts while
/// the broker is away.
public final class TopicCreation implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(TopicCreation.class);
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private final KafkaProperties kafka;
    private final List<TopicSpec> topics;
    private volatile boolean running;

    public TopicCreation(KafkaProperties kafka, List<TopicSpec> topics) {
        this.kafka = kafka;
        this.topics = List.copyOf(topics);
    }

    // Before everything that reads or writes.
    @Override
    public int getPhase() {
        return Integer.MIN_VALUE + 1000;
    }

    @Override
    public void start() {
        running = true;
        Thread.ofVirtual().name("topic-creation").start(this::createUntilDone);
    }

    @Override
    public void stop() {
        running = false;
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    private void createUntilDone() {
        while (running) {
            try {
                create();
                return;
            } catch (ExecutionException | TimeoutException brokerAway) {
                LOG.warn("Topics not created yet, trying again: {}", String.valueOf(brokerAway.getMessage()));
                pause();
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private void create() throws InterruptedException, ExecutionException, TimeoutException {
        Map<String, Object> settings = new HashMap<>(kafka.client());
        settings.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers());
        settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 10_000);
        settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, 5_000);
        try (Admin admin = Admin.create(settings)) {
            for (TopicSpec topic : topics) {
                createOne(admin, topic.newTopic(kafka));
            }
        }
    }

    private static void createOne(Admin admin, NewTopic topic)
            throws InterruptedException, ExecutionException, TimeoutException {
        try {
            admin.createTopics(List.of(topic)).all().get(15, TimeUnit.SECONDS);
            LOG.info("Created topic {}", topic.name());
        } catch (ExecutionException failed) {
            if (!(failed.getCause() instanceof TopicExistsException)) {
                throw failed;
            }
        }
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(RETRY_AFTER.toMillis());
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
