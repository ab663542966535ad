package io.weir.tenant;

import io.weir.audit.AuditCodec;
import io.weir.audit.AuditContext;
import io.weir.audit.AuditEntry;
import io.weir.audit.AuditEvent;
import io.weir.audit.AuditTopic;
import io.weir.kafka.KafkaProperties;
import io.weir.kafka.TenantHeader;
import io.weir.tenancy.TenantId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/// Writes the audit topic as other services do, and as nobody should; reads its dead letters.
final class AuditTopicWriter implements AutoCloseable {

    private final KafkaProperties kafka;
    private final KafkaProducer<String, byte[]> producer;

    AuditTopicWriter(KafkaProperties kafka) {
        this.kafka = kafka;
        this.producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers(), "acks", "all"),
                new StringSerializer(),
                new ByteArraySerializer());
    }

    static AuditEvent event(TenantId tenant, String producer, long number, String target) {
        return new AuditEvent(
                UUID.randomUUID(),
                Instant.now(),
                tenant,
                new AuditContext("service:test", null, null, null),
                AuditEntry.done("test.done", target),
                "test",
                producer,
                number);
    }

    void send(AuditEvent event) throws Exception {
        send(event.tenant(), AuditCodec.write(event));
    }

    void send(TenantId header, byte[] value) throws Exception {
        ProducerRecord<String, byte[]> record =
                new ProducerRecord<>(kafka.topic(AuditTopic.NAME), header.toString(), value);
        TenantHeader.stamp(record.headers(), header);
        producer.send(record).get(30, TimeUnit.SECONDS);
    }

    List<String> deadLetters() {
        try (KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers()),
                new StringDeserializer(),
                new ByteArrayDeserializer())) {
            TopicPartition only = new TopicPartition(kafka.topic(AuditTopic.DEAD_LETTERS), 0);
            consumer.assign(List.of(only));
            consumer.seekToBeginning(List.of(only));
            long end = consumer.endOffsets(List.of(only)).getOrDefault(only, 0L);
            List<String> reasons = new ArrayList<>();
            while (consumer.position(only) < end) {
                for (ConsumerRecord<String, byte[]> letter : consumer.poll(Duration.ofMillis(200))) {
                    reasons.add(new String(
                            letter.headers().lastHeader("weir-refused").value(), StandardCharsets.UTF_8));
                }
            }
            return reasons;
        }
    }

    /// How many records the service has not read for good yet.
    static long lag(KafkaProperties kafka) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            String topic = kafka.topic(AuditTopic.NAME);
            Map<TopicPartition, OffsetAndMetadata> read = admin.listConsumerGroupOffsets(kafka.topic("audit-log"))
                    .partitionsToOffsetAndMetadata()
                    .get(30, TimeUnit.SECONDS);
            Map<TopicPartition, OffsetSpec> all = new HashMap<>();
            for (int partition = 0; partition < 6; partition++) {
                all.put(new TopicPartition(topic, partition), OffsetSpec.latest());
            }
            long lag = 0;
            for (Map.Entry<TopicPartition, ListOffsetsResult.ListOffsetsResultInfo> end :
                    admin.listOffsets(all).all().get(30, TimeUnit.SECONDS).entrySet()) {
                OffsetAndMetadata done = read.get(end.getKey());
                lag += end.getValue().offset() - (done == null ? 0 : done.offset());
            }
            return lag;
        }
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(5));
    }
}
