package io.weir.orchestration;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.kafka.KafkaProperties;
import io.weir.kafka.RecordSender;
import io.weir.kafka.TenantHeader;
import io.weir.tenancy.TenantId;
import io.weir.testing.Eventually;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/// What the services of a mesh tell each other by its broker.
record Topics(KafkaProperties kafka) {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /// The values of a topic, from its begin.
    List<byte[]> records(String topic) {
        List<byte[]> values = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(broker(), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(kafka.topic(topic)).stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                consumer.poll(Duration.ofMillis(200)).forEach(found -> values.add(found.value()));
            }
        }
        return values;
    }

    /// Puts a record on a topic, as one of the service's own.
    void send(String topic, TenantId tenant, byte[] value) {
        ProducerRecord<String, byte[]> record = new ProducerRecord<>(kafka.topic(topic), null, value);
        TenantHeader.stamp(record.headers(), tenant);
        try (RecordSender sender = RecordSender.create(kafka, "mesh", Duration.ofSeconds(10))) {
            sender.send(record).block(PATIENCE);
        }
    }

    /// Waits until a group has so many members, each with partitions to read.
    void awaitConsumers(String group, int members) {
        String name = kafka.topic(group);
        try (Admin admin = Admin.create(broker())) {
            Eventually.passes(
                    PATIENCE,
                    () -> assertThat(admin.describeConsumerGroups(List.of(name))
                                    .describedGroups()
                                    .values()
                                    .iterator()
                                    .next()
                                    .get(10, TimeUnit.SECONDS)
                                    .members())
                            .hasSize(members)
                            .noneMatch(Topics::isIdle));
        }
    }

    private static boolean isIdle(MemberDescription member) {
        return member.assignment().topicPartitions().isEmpty();
    }

    private Map<String, Object> broker() {
        return Map.of("bootstrap.servers", kafka.bootstrapServers());
    }
}
