package io.weir.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.audit.AuditCodec;
import io.weir.audit.AuditEvent;
import io.weir.audit.AuditTopic;
import io.weir.gateway.Mesh.Account;
import io.weir.kafka.TenantHeader;
import io.weir.tenancy.TenantId;
import io.weir.testing.Eventually;
import io.weir.testing.Infrastructure;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(170)
class AuditIT {

    @Test
    void refusedSignInsAreRecordedAddedUpAndNameNoSecret() throws Exception {
        try (Mesh mesh = Mesh.on(Infrastructure.kafka())) {
            String topic = mesh.kafka.topic(AuditTopic.NAME);
            try (Admin admin = Admin.create(Map.of("bootstrap.servers", mesh.kafka.bootstrapServers()))) {
                admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1)))
                        .all()
                        .get(30, TimeUnit.SECONDS);
            }
            mesh.with("weir.gateway.access.refusals-every", "300ms").started();
            Account acme = mesh.account("audited-corp");
            for (int i = 0; i < 20; i++) {
                assertThat(mesh.get("/v1/models", "junk").statusCode()).isEqualTo(401);
            }
            mesh.revoke(acme);
            Eventually.passes(
                    Duration.ofSeconds(20),
                    () -> assertThat(mesh.get("/v1/models", acme.key()).statusCode())
                            .isEqualTo(401));

            List<AuditEvent> events = new ArrayList<>();
            Eventually.passes(Duration.ofSeconds(60), () -> {
                events.clear();
                events.addAll(read(mesh, topic));
                assertThat(events)
                        .anyMatch(event -> event.tenant().equals(acme.tenant())
                                && event.what()
                                        .target()
                                        .equals("key:" + acme.apiKey().id()));
                assertThat(events.stream()
                                .filter(event -> event.tenant().equals(TenantId.PLATFORM))
                                .mapToInt(AuditIT::times)
                                .sum())
                        .isGreaterThanOrEqualTo(20);
            });
            assertThat(events.size()).as("added up").isLessThan(20);
            assertThat(events.toString()).contains("invalid_api_key").doesNotContain(acme.key());
        }
    }

    private static int times(AuditEvent event) {
        return Integer.parseInt(String.valueOf(event.what().detail()).replaceAll("\\D", ""));
    }

    private static List<AuditEvent> read(Mesh mesh, String topic) {
        try (KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", mesh.kafka.bootstrapServers()),
                new StringDeserializer(),
                new ByteArrayDeserializer())) {
            TopicPartition only = new TopicPartition(topic, 0);
            consumer.assign(List.of(only));
            consumer.seekToBeginning(List.of(only));
            long end = consumer.endOffsets(List.of(only)).getOrDefault(only, 0L);
            List<AuditEvent> events = new ArrayList<>();
            while (consumer.position(only) < end) {
                for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                    AuditEvent event = AuditCodec.read(record.value());
                    assertThat(TenantHeader.read(record.headers())).hasValue(event.tenant());
                    events.add(event);
                }
            }
            return events;
        }
    }
}
