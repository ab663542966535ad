package io.weir.analytics;

import io.weir.kafka.KafkaProperties;
import io.weir.tenancy.TenantId;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A tenant's sums as the ledger's records themselves give them, read by none of the service's own code.
///
/// @param outcomes requests that came to an end
/// @param settled those of them that were settled, also after a release
/// @param cost of the first settlement of each
record LedgerSums(long outcomes, long settled, BigDecimal cost) {

    private static final JsonMapper JSON = JsonMapper.shared();

    static LedgerSums of(KafkaProperties kafka, TenantId tenant) {
        Set<String> outcomes = new HashSet<>();
        Map<String, BigDecimal> settled = new HashMap<>();
        try (KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers()),
                new StringDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(kafka.topic("usage.v1")).stream()
                    .map(one -> new TopicPartition(one.topic(), one.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofSeconds(1))) {
                    JsonNode event = JSON.readTree(record.value());
                    if (event.path("tenantid").asString("").equals(tenant.toString())) {
                        take(event, outcomes, settled);
                    }
                }
            }
        }
        BigDecimal cost = settled.values().stream().reduce(BigDecimal.ZERO, BigDecimal::add);
        return new LedgerSums(outcomes.size(), settled.size(), cost);
    }

    private static void take(JsonNode event, Set<String> outcomes, Map<String, BigDecimal> settled) {
        JsonNode data = event.path("data");
        String request = data.path("requestId").asString();
        String type = event.path("type").asString();
        if (type.contains("settled")) {
            outcomes.add(request);
            settled.putIfAbsent(request, new BigDecimal(data.path("cost").asString()));
        } else if (type.contains("released")) {
            outcomes.add(request);
        }
    }
}
