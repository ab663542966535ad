package io.weir.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/// A Kafka producer whose answer is a `Mono` that completes when every in-sync replica has the record
/// (`acks=all`, idempotent, `linger.ms=0`). Records sent from one thread to one partition keep their order.
///
/// `KafkaProducer.send` may block while metadata is missing; all sends therefore run on one thread of this sender,
/// never on an event loop. When the broker is away the queue fills, and further sends fail at once rather than wait.
public final class RecordSender implements AutoCloseable {

    private static final int QUEUE = 10_000;

    private final Supplier<? extends Producer<String, byte[]>> open;
    private final ThreadPoolExecutor thread;
    private final AtomicInteger queued = new AtomicInteger();
    private volatile Producer<String, byte[]> producer;

    private RecordSender(Supplier<? extends Producer<String, byte[]>> open, String name) {
        this.open = open;
        this.producer = open.get();
        // Counted by us: a queue with a bound of its own has a lock for which event loops would wait.
        this.thread = new ThreadPoolExecutor(
                1,
                1,
                0,
                TimeUnit.SECONDS,
                new LinkedTransferQueue<>(),
                Thread.ofPlatform().name(name).daemon().factory());
        thread.prestartCoreThread();
    }

    /// Opens a sender of its own connection and thread.
    ///
    /// @param name of the sending thread and the client id
    /// @param deliveryTimeout after which an unacknowledged record fails; 5 s at least
    public static RecordSender create(KafkaProperties kafka, String name, Duration deliveryTimeout) {
        Map<String, Object> settings = new HashMap<>(kafka.client());
        settings.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers());
        settings.put(ProducerConfig.CLIENT_ID_CONFIG, name);
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        settings.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 1_000);
        settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 3_000);
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, (int) deliveryTimeout.toMillis());
        settings.put(ProducerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 500);
        settings.put(ProducerConfig.RETRY_BACKOFF_MAX_MS_CONFIG, 500);
        settings.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "none");
        return over(() -> new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer()), name);
    }

    /// Sends by producers of the caller's making: one at first, another at each [#reopen].
    public static RecordSender over(Supplier<? extends Producer<String, byte[]>> producers, String name) {
        return new RecordSender(producers, name);
    }

    /// Goes on with a new producer: some failures are for good in the one that met them. What the old one has not
    /// delivered fails before this returns, though the broker may have it. On the sending thread only, from a task.
    public void reopen() {
        producer.close(Duration.ZERO);
        producer = open.get();
    }

    /// Sends when subscribed; completes with the acknowledgement, or fails when delivery timed out, metadata is
    /// missing or the queue is full. Cancelling does not take the record back.
    public Mono<RecordMetadata> send(ProducerRecord<String, byte[]> record) {
        return Mono.create(sink -> enqueue(record, sink));
    }

    /// Runs on the sending thread, in order with the sends; for callers that number their records.
    ///
    /// Throws [RejectedExecutionException] when the queue is full.
    public void execute(SendingTask task) {
        if (queued.incrementAndGet() > QUEUE) {
            queued.decrementAndGet();
            throw new RejectedExecutionException("the sending queue of " + QUEUE + " records is full");
        }
        thread.execute(() -> {
            queued.decrementAndGet();
            task.run(producer);
        });
    }

    /// Work that needs the producer itself. Must not throw.
    @FunctionalInterface
    public interface SendingTask {
        void run(Producer<String, byte[]> producer);
    }

    /// Whether anything waits for the sending thread: a sign that the broker is away.
    public int queued() {
        return queued.get();
    }

    private void enqueue(ProducerRecord<String, byte[]> record, MonoSink<RecordMetadata> sink) {
        try {
            execute(sending -> sendNow(record, sink));
        } catch (RejectedExecutionException full) {
            sink.error(new IllegalStateException("the record was not taken to be sent", full));
        }
    }

    // send() reports some failures by callback and throws others.
    @SuppressWarnings("FutureReturnValueIgnored")
    private void sendNow(ProducerRecord<String, byte[]> record, MonoSink<RecordMetadata> sink) {
        try {
            producer.send(record, (metadata, failure) -> {
                if (failure != null) {
                    sink.error(failure);
                } else {
                    sink.success(metadata);
                }
            });
        } catch (RuntimeException notSent) {
            sink.error(notSent);
        }
    }

    /// Waits for what was sent, two seconds at most for the queue and two for the broker: what is carried lies
    /// in an outbox, a journal or the topic it was read from until it is acknowledged, and the next process goes
    /// on there.
    @Override
    public void close() {
        close(Duration.ofSeconds(2));
    }

    /// Waits for what was sent: so long at most for the queue, and so long for the broker.
    public void close(Duration limit) {
        thread.shutdown();
        try {
            if (!thread.awaitTermination(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                thread.shutdownNow();
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
        producer.close(limit);
    }
}
