package io.weir.local.prove.books;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The sealed hours as billing would read them: the last version of each.
public final class SealedBook {

    private static final Duration POLL = Duration.ofMillis(300);
    private static final String TOPIC = "weir.sealed-hours.v1";

    private SealedBook() {}

    /// @param rows attempts
    /// @param cost of all lines
    public record Sealed(long rows, long cost) {

        Sealed plus(Sealed other) {
            return new Sealed(rows + other.rows, cost + other.cost);
        }
    }

    private record Version(String tenant, long version, Sealed sum) {}

    /// By tenant, all hours together.
    public static Map<String, Sealed> read(String broker) {
        Map<String, Version> last = new HashMap<>();
        try (KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(
                Map.of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, broker),
                new StringDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> all = consumer.partitionsFor(TOPIC).stream()
                    .map(partition -> new TopicPartition(TOPIC, partition.partition()))
                    .toList();
            consumer.assign(all);
            consumer.seekToBeginning(all);
            Map<TopicPartition, Long> ends = consumer.endOffsets(all);
            while (all.stream().anyMatch(one -> consumer.position(one) < ends.getOrDefault(one, 0L))) {
                consumer.poll(POLL).forEach(record -> take(record, last));
            }
        }
        Map<String, Sealed> sums = new HashMap<>();
        last.values().forEach(version -> sums.merge(version.tenant, version.sum, Sealed::plus));
        return sums;
    }

    private static void take(ConsumerRecord<String, byte[]> record, Map<String, Version> last) {
        JsonNode hour = JsonMapper.shared().readTree(record.value());
        long cost = 0;
        for (JsonNode total : hour.path("totals")) {
            cost += Money.of(total.path("cost").asString());
        }
        Version version = new Version(
                hour.path("tenantId").asString(),
                hour.path("version").asLong(),
                new Sealed(hour.path("rows").asLong(), cost));
        last.merge(record.key(), version, (one, two) -> two.version >= one.version ? two : one);
    }
}
