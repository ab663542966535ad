package io.weir.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.weir.kafka.KafkaProperties;
import io.weir.kafka.TenantHeader;
import io.weir.kafka.TopicCreation;
import io.weir.kafka.TopicSpec;
import io.weir.ledger.UsageEvent.Held;
import io.weir.ledger.UsageEvent.OfRequest;
import io.weir.ledger.UsageEvent.Released;
import io.weir.ledger.UsageEvent.Tick;
import io.weir.money.Amount;
import io.weir.tenancy.TenantId;
import io.weir.testing.Eventually;
import io.weir.testing.Infrastructure;
import io.weir.testing.PrivateKafka;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

class LedgerWriterIT {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Instant TIME = Instant.parse("2026-11-22T10:00:00Z");
    private static final int PARTITIONS = 3;

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    private static KafkaProperties topic(String bootstrap) {
        return new KafkaProperties(bootstrap, Infrastructure.freshName("l") + ".", (short) 1, Map.of());
    }

    private static TopicCreation create(KafkaProperties kafka) {
        TopicCreation topics = new TopicCreation(
                kafka, List.of(TopicSpec.retained(LedgerWriter.TOPIC, PARTITIONS, Duration.ofDays(1))));
        topics.start();
        return topics;
    }

    private LedgerWriter writer(KafkaProperties kafka) {
        LedgerWriterOptions options = new LedgerWriterOptions(
                "orchestration",
                "test",
                Duration.ofMillis(1_500),
                Duration.ofSeconds(60),
                Duration.ofMillis(1_500),
                Duration.ofSeconds(65),
                Duration.ofMillis(500));
        return LedgerWriter.start(options, kafka, InstantSource.system(), meters);
    }

    private static Held held(TenantId tenant, String requestId) {
        return new Held(requestId, tenant, "k", "m", "openai", "m", Amount.of("0.1"), TIME, null, null);
    }

    private static Released released(TenantId tenant, String requestId) {
        return new Released(requestId, tenant, "k", "test");
    }

    private static List<ConsumerRecord<String, byte[]>> read(KafkaProperties kafka) {
        List<ConsumerRecord<String, byte[]>> all = new ArrayList<>();
        try (KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers()),
                new StringDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(kafka.topic(LedgerWriter.TOPIC)).stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                consumer.poll(Duration.ofMillis(100)).forEach(all::add);
            }
        }
        return all;
    }

    private static void assertNumberedWithoutGap(List<ConsumerRecord<String, byte[]>> records) {
        Map<Integer, Long> next = new HashMap<>();
        for (ConsumerRecord<String, byte[]> found : records) {
            UsageRecord usage = LedgerCodec.read(found.value());
            assertThat(usage.producersequence())
                    .as("partition " + found.partition())
                    .isEqualTo(next.getOrDefault(found.partition(), 0L));
            next.merge(found.partition(), 1L, (old, one) -> old + one);
            next.putIfAbsent(found.partition(), 1L);
        }
    }

    @Test
    void eventsAreNumberedPerPartitionInOrderAndSayWhoseTheyAre() {
        KafkaProperties kafka = topic(Infrastructure.kafka());
        TopicCreation topics = create(kafka);
        LedgerWriter writer = writer(kafka);
        Eventually.passes(PATIENCE, () -> assertThat(writer.isAvailable()).isTrue());
        List<TenantId> tenants = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            tenants.add(new TenantId(UUID.randomUUID()));
        }
        Flux.range(0, 400)
                .flatMap(i -> writer.append(
                        held(tenants.get(i % 8), "r" + i), TIME, headers -> headers.add("traceparent", new byte[] {1})))
                .then()
                .block(PATIENCE);
        writer.close();
        topics.stop();

        List<ConsumerRecord<String, byte[]>> records = read(kafka);
        assertNumberedWithoutGap(records);
        Set<Integer> goodbyes = new HashSet<>();
        int events = 0;
        for (ConsumerRecord<String, byte[]> found : records) {
            UsageRecord usage = LedgerCodec.read(found.value());
            if (usage.data() instanceof OfRequest event) {
                events++;
                assertThat(TenantHeader.read(found.headers())).contains(event.tenantId());
                assertThat(found.key()).isEqualTo(event.tenantId().toString());
                assertThat(found.partition())
                        .isEqualTo(BuiltInPartitioner.partitionForKey(
                                found.key().getBytes(StandardCharsets.UTF_8), PARTITIONS));
                assertThat(found.headers().lastHeader("traceparent")).isNotNull();
                assertThat(usage.time()).isEqualTo(TIME);
                assertThat(usage.id()).isEqualTo(event.requestId() + "/held");
            } else if (usage.data() instanceof Tick tick && tick.last()) {
                goodbyes.add(found.partition());
                assertThat(tick.highestAcknowledged()).isEqualTo(usage.producersequence() - 1);
            }
        }
        assertThat(events).isEqualTo(400);
        assertThat(goodbyes).hasSize(PARTITIONS);
    }

    @Test
    void ticksGoToEveryPartition() {
        KafkaProperties kafka = topic(Infrastructure.kafka());
        TopicCreation topics = create(kafka);
        try (LedgerWriter writer = writer(kafka)) {
            Eventually.passes(PATIENCE, () -> {
                assertThat(writer.isAvailable()).isTrue();
                Map<Integer, Long> ticks = new HashMap<>();
                read(kafka).forEach(found -> ticks.merge(found.partition(), 1L, Long::sum));
                assertThat(ticks)
                        .hasSize(PARTITIONS)
                        .allSatisfy((partition, count) -> assertThat(count).isGreaterThan(1));
            });
        }
        topics.stop();
    }

    @Test
    void anOutageRefusesHoldsKeepsSettlementsAndLeavesNoHoldOpen(@TempDir Path directory) {
        try (PrivateKafka broker = Infrastructure.privateKafka(directory)) {
            KafkaProperties kafka = topic(broker.bootstrap());
            TopicCreation topics = create(kafka);
            LedgerWriter writer = writer(kafka);
            Eventually.passes(PATIENCE, () -> assertThat(writer.isAvailable()).isTrue());
            TenantId tenant = new TenantId(UUID.randomUUID());
            writer.append(held(tenant, "running"), TIME).block(PATIENCE);

            broker.kill();
            StepVerifier.create(writer.append(held(tenant, "new"), TIME))
                    .expectError(LedgerUnavailableException.class)
                    .verify(Duration.ofSeconds(2));
            StepVerifier.create(writer.append(held(tenant, "refused"), TIME))
                    .expectError(LedgerUnavailableException.class)
                    .verify(Duration.ofMillis(100));
            assertThat(meters.counter("weir.ledger.refused").count()).isPositive();
            StepVerifier.create(writer.append(released(tenant, "running"), TIME))
                    .then(broker::start)
                    .expectComplete()
                    .verify(PATIENCE);
            Eventually.passes(PATIENCE, () -> assertThat(writer.isAvailable()).isTrue());
            writer.append(held(tenant, "after"), TIME).block(PATIENCE);
            writer.append(released(tenant, "after"), TIME).block(PATIENCE);
            Eventually.passes(
                    PATIENCE,
                    () -> assertThat(meters.counter("weir.ledger.late").count()).isPositive());
            writer.close();
            topics.stop();

            List<ConsumerRecord<String, byte[]>> records = read(kafka);
            assertNumberedWithoutGap(records);
            Map<String, List<String>> byRequest = new HashMap<>();
            records.forEach(found -> {
                if (LedgerCodec.read(found.value()).data() instanceof OfRequest event) {
                    byRequest
                            .computeIfAbsent(event.requestId(), id -> new ArrayList<>())
                            .add(event instanceof Released gone ? gone.reason() : "held");
                }
            });
            assertThat(byRequest)
                    .containsEntry("running", List.of("held", "test"))
                    .containsEntry("after", List.of("held", "test"))
                    .doesNotContainKey("refused");
            assertThat(byRequest.getOrDefault("new", List.of("held", "ledger_unavailable")))
                    .containsExactly("held", "ledger_unavailable");
            assertThat(meters.counter("weir.ledger.lost").count()).isZero();
        }
    }

    @Test
    void withoutABrokerItStartsAndRefuses() {
        try (LedgerWriter writer = writer(topic("127.0.0.1:1"))) {
            StepVerifier.create(writer.append(held(new TenantId(UUID.randomUUID()), "r"), TIME))
                    .expectError(LedgerUnavailableException.class)
                    .verify(Duration.ofMillis(200));
        }
    }
}
