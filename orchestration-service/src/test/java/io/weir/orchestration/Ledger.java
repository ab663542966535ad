package io.weir.orchestration;

import io.weir.kafka.KafkaProperties;
import io.weir.kafka.TenantHeader;
import io.weir.ledger.LedgerCodec;
import io.weir.ledger.LedgerWriter;
import io.weir.ledger.UsageEvent;
import io.weir.ledger.UsageEvent.OfRequest;
import io.weir.ledger.UsageEvent.Settled;
import io.weir.ledger.UsageRecord;
import io.weir.tenancy.TenantId;
import io.weir.testing.Eventually;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jspecify.annotations.Nullable;

/// Reads the whole ledger from the broker, as any consumer could.
record Ledger(KafkaProperties kafka) {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    record Entry(int partition, @Nullable TenantId header, String traceparent, UsageRecord usage) {}

    List<Entry> entries() {
        Map<String, Object> settings = Map.of("bootstrap.servers", kafka.bootstrapServers());
        List<Entry> entries = new ArrayList<>();
        try (KafkaConsumer<String, byte[]> consumer =
                new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(kafka.topic(LedgerWriter.TOPIC)).stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = new HashMap<>(consumer.endOffsets(partitions));
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                for (ConsumerRecord<String, byte[]> found : consumer.poll(Duration.ofMillis(200))) {
                    entries.add(new Entry(
                            found.partition(),
                            TenantHeader.read(found.headers()).orElse(null),
                            traceparent(found),
                            LedgerCodec.read(found.value())));
                }
            }
        }
        return entries;
    }

    private static String traceparent(ConsumerRecord<String, byte[]> found) {
        Header header = found.headers().lastHeader("traceparent");
        return header == null ? "" : new String(header.value(), StandardCharsets.US_ASCII);
    }

    /// The events of one tenant, in order.
    List<OfRequest> of(TenantId tenant) {
        List<OfRequest> events = new ArrayList<>();
        for (Entry entry : entries()) {
            if (entry.usage().data() instanceof OfRequest event
                    && event.tenantId().equals(tenant)) {
                events.add(event);
            }
        }
        return events;
    }

    List<String> typesOf(TenantId tenant) {
        return of(tenant).stream().map(UsageEvent::type).map(Ledger::shortened).toList();
    }

    private static String shortened(String type) {
        return type.replace("io.weir.usage.", "").replace(".v1", "");
    }

    /// The events of the tenant, once there are so many.
    List<OfRequest> await(TenantId tenant, int count) {
        return Eventually.value(PATIENCE, () -> of(tenant), events -> events.size() >= count);
    }

    /// The only settlement of the tenant.
    Settled settled(TenantId tenant) {
        return (Settled) await(tenant, 2).stream()
                .filter(Settled.class::isInstance)
                .findFirst()
                .orElseThrow(() -> new AssertionError("nothing settled: " + of(tenant)));
    }
}
