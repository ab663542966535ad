package io.weir.audit;

import io.weir.kafka.KafkaProperties;
import io.weir.kafka.TenantHeader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/// The audit topic as a test makes it and reads it, from beginning to end.
public final class TopicReading {

    private static final int PARTITIONS = 3;

    private TopicReading() {}

    public static void create(KafkaProperties kafka) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic(kafka.topic(AuditTopic.NAME), PARTITIONS, (short) 1)))
                    .all()
                    .get(30, TimeUnit.SECONDS);
        }
    }

    public static List<AuditEvent> all(KafkaProperties kafka) {
        try (KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers()),
                new StringDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = new ArrayList<>();
            for (int i = 0; i < PARTITIONS; i++) {
                partitions.add(new TopicPartition(kafka.topic(AuditTopic.NAME), i));
            }
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            List<AuditEvent> events = new ArrayList<>();
            while (partitions.stream().anyMatch(one -> consumer.position(one) < ends.getOrDefault(one, 0L))) {
                for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                    AuditEvent event = AuditCodec.read(record.value());
                    if (!TenantHeader.read(record.headers()).orElseThrow().equals(event.tenant())
                            || !record.key().equals(event.tenant().toString())) {
                        throw new AssertionError("another tenant's key or header on " + event);
                    }
                    events.add(event);
                }
            }
            return events;
        }
    }
}
