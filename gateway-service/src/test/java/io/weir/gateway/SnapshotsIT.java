package io.weir.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.gateway.Mesh.Account;
import io.weir.security.ApiKey;
import io.weir.security.KeyPairFiles;
import io.weir.security.SigningKey;
import io.weir.snapshots.SnapshotPublisher;
import io.weir.snapshots.SnapshotReader;
import io.weir.snapshots.SnapshotTable;
import io.weir.snapshots.SnapshotTopic;
import io.weir.snapshots.catalog.ApiKeySnapshot;
import io.weir.testing.Eventually;
import io.weir.testing.Infrastructure;
import io.weir.testing.PrivateKafka;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/// Where the gateway's knowledge comes from, and what it does without it.
@Timeout(120)
class SnapshotsIT {

    @Test
    void recordsThatTheTenantServiceDidNotSignChangeNothing() throws Exception {
        try (Mesh mesh = Mesh.on(Infrastructure.kafka()).started()) {
            Account acme = mesh.account("signed-corp");
            Account intruder =
                    new Account(acme.tenant(), acme.slug(), ApiKey.generate(ApiKey.Mode.TEST, new SecureRandom()));
            ApiKeySnapshot forged = intruder.snapshot(mesh.pepper, ApiKeySnapshot.Status.ACTIVE, null, mesh.next());

            publishUnsigned(mesh, forged);
            publishSignedBy(foreignService(mesh), mesh, forged);
            publishSignedBy(untrustedTenantKey(), mesh, forged);

            Eventually.passes(() -> assertThat(keys(mesh).refused()).isEqualTo(3));
            assertThat(mesh.get("/v1/models", intruder.key()).statusCode()).isEqualTo(401);
            assertThat(mesh.get("/v1/models", acme.key()).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void aRestartWithoutTheBrokerServesTheLastGoodCopy(@TempDir Path data) throws Exception {
        try (PrivateKafka broker = Infrastructure.privateKafka(data);
                Mesh mesh = Mesh.on(broker.bootstrap()).started()) {
            Account acme = mesh.account("kept-corp");
            mesh.stopGateway();
            broker.stop();

            long startedAt = System.nanoTime();
            mesh.started();
            LoggerFactory.getLogger(SnapshotsIT.class)
                    .info("measured: ready without a broker after {} ms", (System.nanoTime() - startedAt) / 1_000_000);

            assertThat(mesh.get("/v1/models", acme.key()).statusCode()).isEqualTo(200);
            String health = mesh.get("/api/health", null).body();
            assertThat(JsonMapper.shared()
                            .readTree(health)
                            .path("checks")
                            .path("kafka")
                            .asString())
                    .startsWith("unhealthy");
            assertThat(health).contains("\"status\":\"degraded\"").doesNotContain("127.0.0.1", "Exception:");
        }
    }

    @Test
    void withNeitherBrokerNorCopyItIsNotReadyAndBlamesNoKey(@TempDir Path data) throws Exception {
        try (PrivateKafka broker = Infrastructure.privateKafka(data);
                Mesh mesh = Mesh.on(broker.bootstrap())) {
            broker.stop();
            mesh.startNotWaiting();

            String ready = mesh.get("/ready", null).body();
            assertThat(ready).contains("not ready", "snapshots");
            assertThat(mesh.get("/health", null).statusCode()).isEqualTo(200);
            assertThat(mesh.get(
                                    "/v1/models",
                                    ApiKey.generate(ApiKey.Mode.TEST, new SecureRandom())
                                            .reveal())
                            .statusCode())
                    .isEqualTo(503);

            broker.start();
            Eventually.passes(
                    Duration.ofSeconds(20),
                    () -> assertThat(mesh.get("/ready", null).statusCode()).isEqualTo(200));
        }
    }

    private static SnapshotTable<ApiKeySnapshot> keys(Mesh mesh) {
        SnapshotReader reader = mesh.gateway().getBean(SnapshotReader.class);
        @SuppressWarnings("unchecked")
        SnapshotTable<ApiKeySnapshot> table = (SnapshotTable<ApiKeySnapshot>) reader.tables().stream()
                .filter(one -> one.topic().equals(SnapshotTopic.API_KEYS))
                .findFirst()
                .orElseThrow();
        return table;
    }

    private static void publishUnsigned(Mesh mesh, ApiKeySnapshot key) throws Exception {
        try (KafkaProducer<String, byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", mesh.kafka.bootstrapServers()),
                new StringSerializer(),
                new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(
                            mesh.kafka.topic("api-keys.v1"),
                            key.keyId(),
                            JsonMapper.shared().writeValueAsBytes(key)))
                    .get();
        }
    }

    // The publisher itself refuses to write to another service's topic; a thief of the code would not.
    private static void publishSignedBy(SigningKey key, Mesh mesh, ApiKeySnapshot snapshot) {
        SnapshotTopic<ApiKeySnapshot> claimed = new SnapshotTopic<>("api-keys.v1", key.service(), ApiKeySnapshot.class);
        try (SnapshotPublisher publisher = new SnapshotPublisher(mesh.kafka, key)) {
            publisher
                    .publish(claimed, snapshot.keyId(), snapshot.version(), snapshot)
                    .block(Mesh.LIMIT);
        }
    }

    private static SigningKey foreignService(Mesh mesh) throws Exception {
        Path secret = Files.createTempDirectory("foreign-");
        return SigningKey.load(KeyPairFiles.generate("billing", secret, mesh.trusted));
    }

    private static SigningKey untrustedTenantKey() throws Exception {
        Path elsewhere = Files.createTempDirectory("untrusted-");
        Path secret = Files.createDirectory(elsewhere.resolve("secret"));
        return SigningKey.load(KeyPairFiles.generate("tenant", secret, elsewhere));
    }
}
