package io.weir.analytics;

import io.weir.kafka.KafkaProperties;
import io.weir.kafka.TenantHeader;
import io.weir.ledger.Attempt;
import io.weir.ledger.Attempt.PricedLine;
import io.weir.ledger.Attempt.Unpriced;
import io.weir.ledger.Attempt.Unpriced.Reason;
import io.weir.ledger.Attempt.UsageSource;
import io.weir.ledger.LedgerCodec;
import io.weir.ledger.Outcome;
import io.weir.ledger.UsageEvent;
import io.weir.ledger.UsageEvent.Held;
import io.weir.ledger.UsageEvent.Released;
import io.weir.ledger.UsageEvent.SavingsLine;
import io.weir.ledger.UsageEvent.Settled;
import io.weir.ledger.UsageEvent.Tick;
import io.weir.ledger.UsageRecord;
import io.weir.money.Amount;
import io.weir.money.Meter;
import io.weir.money.Quantities;
import io.weir.money.Rate;
import io.weir.tenancy.TenantId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/// Writes the usage ledger as orchestration-service does.
public final class LedgerEvents implements AutoCloseable {

    public static final Amount INPUT_COST = Amount.of("0.000015");
    public static final Amount OUTPUT_COST = Amount.of("0.0000042");
    /// Of every settled call that [#settled] makes.
    public static final Amount COST = INPUT_COST.plus(OUTPUT_COST);

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final String topic;
    private final int partitions;
    private final KafkaProducer<String, byte[]> producer;

    public LedgerEvents(KafkaProperties kafka, int partitions) {
        this.topic = kafka.topic("usage.v1");
        this.partitions = partitions;
        // One at a time: of a topic that was just made the first may come too early and the second not; the
        // broker would then wait for what comes between for ever.
        Map<String, Object> settings = Map.of(
                "bootstrap.servers",
                kafka.bootstrapServers(),
                "acks",
                "all",
                "linger.ms",
                5,
                "max.in.flight.requests.per.connection",
                1);
        this.producer = new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer());
    }

    public LedgerEvents createTopic(KafkaProperties kafka) throws Exception {
        return createTopic(kafka, "usage.v1");
    }

    /// @param suffix of any topic
    public LedgerEvents createTopic(KafkaProperties kafka, String suffix) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic(kafka.topic(suffix), partitions, (short) 1)))
                    .all()
                    .get(30, TimeUnit.SECONDS);
        }
        return this;
    }

    /// A call at gpt-4o-mini: 100 tokens in, 7 out, baseline twice its cost.
    public static UsageRecord settled(TenantId tenant, String requestId, Instant time) {
        Quantities used = new Quantities(Map.of(Meter.TEXT_IN, 100L, Meter.TEXT_OUT, 7L));
        Attempt attempt = new Attempt(
                1,
                "openai",
                "gpt-4o-mini",
                "chatcmpl-" + requestId,
                used,
                null,
                UsageSource.PROVIDER,
                "book-1",
                List.of(
                        new PricedLine(Meter.TEXT_IN, 100, Rate.perMillion("0.15"), "rule-in", INPUT_COST),
                        new PricedLine(Meter.TEXT_OUT, 7, Rate.perMillion("0.60"), "rule-out", OUTPUT_COST)),
                COST,
                Outcome.COMPLETED,
                200,
                12);
        return settled(tenant, requestId, time, attempt);
    }

    /// As [#settled(TenantId, String, Instant)], answered after that time.
    public static UsageRecord settled(TenantId tenant, String requestId, Instant time, long latencyMs) {
        Settled quick = (Settled) settled(tenant, requestId, time).data();
        return settled(tenant, requestId, time, quick.attempts().getFirst(), latencyMs);
    }

    private static UsageRecord settled(TenantId tenant, String requestId, Instant time, Attempt attempt) {
        return settled(tenant, requestId, time, attempt, 20);
    }

    private static UsageRecord settled(
            TenantId tenant, String requestId, Instant time, Attempt attempt, long latencyMs) {
        Amount cost = attempt.cost();
        return record(
                tenant,
                time,
                new Settled(
                        requestId,
                        tenant,
                        "key-1",
                        "gpt-4o-mini",
                        "openai",
                        "gpt-4o-mini",
                        List.of(attempt),
                        cost,
                        "gpt-4o",
                        cost.plus(cost),
                        List.of(new SavingsLine("routing", cost)),
                        Outcome.COMPLETED,
                        false,
                        true,
                        latencyMs,
                        null,
                        "none",
                        "requested",
                        300,
                        600));
    }

    /// A call whose provider charged more than was held for it.
    public static UsageRecord breached(TenantId tenant, String requestId, Instant time) {
        Settled whole = (Settled) settled(tenant, requestId, time).data();
        return settled(tenant, requestId, time, whole.attempts().getFirst().within(Amount.of("0.00001")));
    }

    /// A call in the priority tier whose provider counted 3 of what has no meter.
    public static UsageRecord unpriced(TenantId tenant, String requestId, Instant time) {
        Attempt attempt = new Attempt(
                1,
                "openai",
                "gpt-4o-mini",
                null,
                Quantities.of(Meter.TEXT_IN, 5),
                null,
                UsageSource.PROVIDER,
                null,
                List.of(),
                Amount.ZERO,
                Outcome.COMPLETED,
                200,
                12,
                "priority",
                time.minusSeconds(1),
                new Unpriced(Reason.UNKNOWN_METER, Map.of("dreams", 3L)),
                null);
        return settled(tenant, requestId, time, attempt);
    }

    public static UsageRecord held(TenantId tenant, String requestId, Instant time) {
        return record(
                tenant,
                time,
                new Held(
                        requestId,
                        tenant,
                        "key-1",
                        "gpt-4o-mini",
                        "openai",
                        "gpt-4o-mini",
                        COST,
                        time.plusSeconds(600),
                        null,
                        null));
    }

    public static UsageRecord released(TenantId tenant, String requestId, Instant time) {
        return record(tenant, time, new Released(requestId, tenant, "key-1", "provider_error"));
    }

    private static UsageRecord record(TenantId tenant, Instant time, UsageEvent event) {
        return new UsageRecord(UUID.randomUUID().toString(), "orchestration", time, tenant, "producer-1", 1, 0, event);
    }

    /// The same as another producer's, under a number.
    public static UsageRecord numbered(UsageRecord usage, String producerId, long sequence) {
        return new UsageRecord(
                usage.id(), usage.source(), usage.time(), usage.tenantid(), producerId, 1, sequence, usage.data());
    }

    /// Returns when the broker has all of them.
    public void send(List<UsageRecord> records) throws ExecutionException, InterruptedException, TimeoutException {
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        for (UsageRecord usage : records) {
            sent.add(producer.send(keyed(topic, usage.tenantid(), usage.tenantid(), LedgerCodec.write(usage))));
        }
        for (Future<RecordMetadata> one : sent) {
            one.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        }
    }

    public void send(UsageRecord... records) throws ExecutionException, InterruptedException, TimeoutException {
        send(List.of(records));
    }

    /// Anything under a tenant's key.
    public RecordMetadata sendRaw(TenantId key, @Nullable TenantId header, byte[] value)
            throws ExecutionException, InterruptedException, TimeoutException {
        return producer.send(keyed(topic, key, header, value)).get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    /// With the trace of the call that wrote it.
    public void sendTraced(UsageRecord usage, String traceparent)
            throws ExecutionException, InterruptedException, TimeoutException {
        ProducerRecord<String, byte[]> record =
                keyed(topic, usage.tenantid(), usage.tenantid(), LedgerCodec.write(usage));
        record.headers().add("traceparent", traceparent.getBytes(StandardCharsets.US_ASCII));
        producer.send(record).get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    /// Anything, anywhere.
    public void sendRaw(String anyTopic, TenantId key, @Nullable TenantId header, byte[] value)
            throws ExecutionException, InterruptedException, TimeoutException {
        producer.send(keyed(anyTopic, key, header, value)).get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    /// A record as ingestion keeps it when it refuses it.
    public void sendLetter(String letters, TenantId tenant, byte[] value, String source)
            throws ExecutionException, InterruptedException, TimeoutException {
        ProducerRecord<String, byte[]> letter = keyed(letters, tenant, tenant, value);
        letter.headers()
                .add("weir-dlt-reason", "malformed".getBytes(StandardCharsets.UTF_8))
                .add("weir-dlt-source", source.getBytes(StandardCharsets.UTF_8));
        producer.send(letter).get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    /// To every partition, as producers do every five seconds.
    public void tick(String producerId, Instant time, boolean last)
            throws ExecutionException, InterruptedException, TimeoutException {
        for (int partition = 0; partition < partitions; partition++) {
            UsageRecord tick = new UsageRecord(
                    UUID.randomUUID().toString(), "orchestration", time, null, producerId, 1, 0, new Tick(0, last));
            producer.send(new ProducerRecord<>(topic, partition, (String) null, LedgerCodec.write(tick)))
                    .get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        }
    }

    private static ProducerRecord<String, byte[]> keyed(
            String topic, @Nullable TenantId key, @Nullable TenantId header, byte[] value) {
        ProducerRecord<String, byte[]> record = new ProducerRecord<>(topic, String.valueOf(key), value);
        if (header != null) {
            TenantHeader.stamp(record.headers(), header);
        }
        return record;
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(10));
    }
}
