package io.weir.gateway.access;

import io.weir.kafka.KafkaProperties;
import io.weir.kafka.TenantHeader;
import io.weir.tenancy.TenantId;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import tools.jackson.databind.json.JsonMapper;

/// Access records on their way to Kafka: a bounded buffer, one thread that serialises and sends in batches. Fails open:
/// with the broker away the buffer fills, further records are dropped, and `gateway.access.dropped` counts them.
final class AccessLog implements SmartLifecycle {

    static final String TOPIC = "access.v1";

    private static final Logger LOG = LoggerFactory.getLogger(AccessLog.class);
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(20);
    private static final Duration GOODBYE = Duration.ofSeconds(5);

    private final KafkaProperties kafka;
    // Without locks: event loops write here. The reader looks again after a pause.
    private final Queue<AccessRecord> buffer = new ConcurrentLinkedQueue<>();
    private final Semaphore places;
    private final AtomicLong dropped = new AtomicLong();
    private volatile boolean running;
    private volatile Thread thread = Thread.ofPlatform().unstarted(() -> {});

    AccessLog(KafkaProperties kafka, AccessProperties properties) {
        this.kafka = kafka;
        this.places = new Semaphore(properties.buffer());
    }

    /// Never waits.
    void add(AccessRecord access) {
        if (places.tryAcquire()) {
            buffer.add(access);
        } else {
            dropped.incrementAndGet();
        }
    }

    /// Records that never reached the broker.
    long dropped() {
        return dropped.get();
    }

    // Stops after the web server, so that the last requests are still recorded.
    @Override
    public int getPhase() {
        return Integer.MIN_VALUE + 3000;
    }

    @Override
    public void start() {
        running = true;
        thread = Thread.ofPlatform().name("access-records").daemon().start(this::run);
    }

    @Override
    public void stop() {
        running = false;
        try {
            thread.join(GOODBYE.multipliedBy(2));
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    private void run() {
        Producer<String, byte[]> producer = producer();
        try {
            while ((running || !buffer.isEmpty()) && !Thread.currentThread().isInterrupted()) {
                AccessRecord next = buffer.poll();
                if (next == null) {
                    LockSupport.parkNanos(PAUSE);
                } else {
                    places.release();
                    send(producer, next);
                }
            }
        } finally {
            producer.close(GOODBYE);
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored")
    private void send(Producer<String, byte[]> producer, AccessRecord access) {
        TenantId tenant = access.tenantid();
        ProducerRecord<String, byte[]> record = new ProducerRecord<>(
                kafka.topic(TOPIC), tenant == null ? null : tenant.toString(), JSON.writeValueAsBytes(access));
        if (tenant != null) {
            TenantHeader.stamp(record.headers(), tenant);
        }
        try {
            producer.send(record, (metadata, failure) -> {
                if (failure != null) {
                    dropped.incrementAndGet();
                }
            });
        } catch (KafkaException notSent) {
            dropped.incrementAndGet();
            LOG.debug("Access record not sent", notSent);
        }
    }

    private Producer<String, byte[]> producer() {
        Map<String, Object> settings = new HashMap<>(kafka.client());
        settings.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers());
        settings.put(ProducerConfig.CLIENT_ID_CONFIG, "gateway-access");
        settings.put(ProducerConfig.LINGER_MS_CONFIG, 50);
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 1_000);
        settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 5_000);
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 30_000);
        settings.put(ProducerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 1_000);
        return new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer());
    }
}
