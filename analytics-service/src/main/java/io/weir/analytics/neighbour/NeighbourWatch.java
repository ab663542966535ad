package io.weir.analytics.neighbour;

import io.weir.kafka.KafkaProperties;
import java.time.Duration;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/// Runs the rounds on a thread of its own, in one of the instances: in that which the group of the restrictions' topic,
/// with its one partition, gives that partition to. When it dies the group gives it to another within ten seconds. Two
/// that lead for a moment may take the same step twice, and none that one alone would not: each reads what was decided
/// before it decides.
final class NeighbourWatch implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(NeighbourWatch.class);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(10);
    private static final long PAUSE = TimeUnit.SECONDS.toNanos(1);

    private final KafkaProperties kafka;
    private final String topic;
    private final Duration step;
    private final Rounds rounds;
    private final BooleanSupplier ready;
    private final NeighbourMeters meters;
    private final InstantSource clock;
    private volatile boolean running;
    private volatile @Nullable Consumer<String, byte[]> polling;
    private volatile Thread thread = Thread.ofPlatform().unstarted(() -> {});

    /// @param ready whether what is asked can be answered yet
    NeighbourWatch(
            KafkaProperties kafka,
            String topic,
            Duration step,
            Rounds rounds,
            BooleanSupplier ready,
            NeighbourMeters meters,
            InstantSource clock) {
        this.kafka = kafka;
        this.topic = topic;
        this.step = step;
        this.rounds = rounds;
        this.ready = ready;
        this.meters = meters;
        this.clock = clock;
    }

    @Override
    public synchronized void start() {
        running = true;
        thread = Thread.ofPlatform().name("neighbour-watch").daemon().start(this::run);
    }

    @Override
    public synchronized void stop() {
        running = false;
        Consumer<String, byte[]> polled = polling;
        if (polled != null) {
            polled.wakeup();
        }
        LockSupport.unpark(thread);
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
            try (Consumer<String, byte[]> consumer = consumer()) {
                polling = consumer;
                consumer.subscribe(List.of(topic));
                follow(consumer);
            } catch (RuntimeException failure) {
                // Being woken is how it ends.
                if (running) {
                    LOG.warn("Nobody looks for noisy neighbours here for a moment: {}", failure.toString());
                    LockSupport.parkNanos(PAUSE);
                }
            }
        }
    }

    private void follow(Consumer<String, byte[]> consumer) {
        boolean leads = false;
        long next = System.nanoTime();
        while (running) {
            consumer.poll(POLL);
            boolean assigned = !consumer.assignment().isEmpty();
            if (leads && !assigned) {
                rounds.forget();
            }
            leads = assigned;
            if (leads && ready.getAsBoolean() && System.nanoTime() - next >= 0) {
                next = System.nanoTime() + step.toNanos();
                round();
            }
        }
    }

    private void round() {
        try {
            rounds.round(clock.instant().truncatedTo(ChronoUnit.MILLIS));
        } catch (RuntimeException failure) {
            if (running) {
                meters.roundFailed();
                LOG.warn("A window was not looked at: {}", failure.toString());
            }
        }
    }

    private Consumer<String, byte[]> consumer() {
        Map<String, Object> settings = new HashMap<>(kafka.client());
        settings.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers());
        settings.put(ConsumerConfig.CLIENT_ID_CONFIG, "analytics-neighbours");
        settings.put(ConsumerConfig.GROUP_ID_CONFIG, kafka.topic("analytics.neighbours"));
        settings.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, 10_000);
        // Where the topic is read from is of no matter.
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "latest");
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        settings.put(ConsumerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 2_000);
        settings.put(ConsumerConfig.METADATA_MAX_AGE_CONFIG, 5_000);
        return new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer());
    }
}
