package io.weir.snapshots;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.kafka.KafkaProperties;
import io.weir.kafka.RecordSender;
import io.weir.kafka.TopicCreation;
import io.weir.kafka.TopicSpec;
import io.weir.money.Amount;
import io.weir.security.KeyPairFiles;
import io.weir.security.SigningKey;
import io.weir.security.TrustedKeys;
import io.weir.snapshots.catalog.BudgetSnapshot;
import io.weir.snapshots.catalog.TenantSettings;
import io.weir.snapshots.catalog.TenantSnapshot;
import io.weir.snapshots.catalog.TenantStatus;
import io.weir.tenancy.Placement;
import io.weir.tenancy.TenantId;
import io.weir.tenancy.TenantSlug;
import io.weir.testing.Eventually;
import io.weir.testing.Infrastructure;
import io.weir.testing.PrivateKafka;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SnapshotIT {

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final TenantId ACME = TenantId.of("0195a0c0-0000-7000-8000-00000000000a");

    private final Path directory;
    private final Path trusted;
    private final SigningKey tenantKey;
    private final SigningKey billingKey;
    private final TrustedKeys keys;
    private final List<AutoCloseable> opened = new ArrayList<>();

    SnapshotIT(@TempDir Path directory) throws IOException {
        this.directory = directory;
        this.trusted = Files.createDirectory(directory.resolve("trusted"));
        this.tenantKey = SigningKey.load(KeyPairFiles.generate("tenant", directory, trusted));
        this.billingKey = SigningKey.load(KeyPairFiles.generate("billing", directory, trusted));
        this.keys = TrustedKeys.load(trusted, Clock.systemUTC());
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : opened.reversed()) {
            one.close();
        }
    }

    @Test
    void theNewestSignedVersionIsServedAndAnOlderOneIsIgnored() {
        KafkaProperties kafka = sharedKafka();
        SnapshotPublisher publisher = publisher(kafka, tenantKey);
        publish(publisher, tenant(2, TenantStatus.ACTIVE));
        publish(publisher, tenant(1, TenantStatus.SUSPENDED));
        SnapshotTable<TenantSnapshot> table = read(kafka, "a");
        Eventually.passes(LIMIT, () -> assertThat(table.isReady()).isTrue());
        assertThat(status(table)).isEqualTo(TenantStatus.ACTIVE);

        publish(publisher, tenant(3, TenantStatus.SUSPENDED));
        Eventually.passes(LIMIT, () -> assertThat(status(table)).isEqualTo(TenantStatus.SUSPENDED));
    }

    @Test
    void aRemovedKeyStaysRemovedWhenAnOldRecordComesAgain() {
        KafkaProperties kafka = sharedKafka();
        SnapshotPublisher publisher = publisher(kafka, tenantKey);
        SnapshotTable<TenantSnapshot> table = read(kafka, "a");
        publish(publisher, tenant(1, TenantStatus.ACTIVE));
        Eventually.passes(LIMIT, () -> assertThat(table.all()).hasSize(1));
        publisher.remove(SnapshotTopic.TENANTS, ACME.toString(), 2).block(LIMIT);
        Eventually.passes(LIMIT, () -> assertThat(table.all()).isEmpty());
        publish(publisher, tenant(1, TenantStatus.ACTIVE));
        publisher
                .publish(SnapshotTopic.TENANTS, "marker", 1, tenant(1, TenantStatus.ACTIVE))
                .block(LIMIT);
        Eventually.passes(LIMIT, () -> assertThat(table.find("marker")).isPresent());
        assertThat(table.find(ACME.toString())).isEmpty();
    }

    @Test
    void whatANewKeySignedIsTakenOverOnceThatKeyIsTrusted() throws IOException {
        KafkaProperties kafka = sharedKafka();
        Path aside = Files.createDirectory(directory.resolve("aside"));
        SigningKey next = SigningKey.load(KeyPairFiles.generate("tenant", directory, aside));
        SnapshotTable<TenantSnapshot> table = read(kafka, "a");
        publish(publisher(kafka, tenantKey), tenant(1, TenantStatus.ACTIVE));
        publish(publisher(kafka, next), tenant(2, TenantStatus.SUSPENDED));
        Eventually.passes(LIMIT, () -> assertThat(table.refused()).isOne());
        publisher(kafka, tenantKey)
                .publish(SnapshotTopic.TENANTS, "marker", 1, tenant(1, TenantStatus.ACTIVE))
                .block(LIMIT);
        Eventually.passes(LIMIT, () -> assertThat(table.find("marker")).isPresent());
        assertThat(status(table)).isEqualTo(TenantStatus.ACTIVE);

        String file = "tenant." + next.id() + ".pem";
        Files.copy(aside.resolve(file), trusted.resolve(file));
        keys.refresh();
        Eventually.passes(LIMIT, () -> assertThat(status(table)).isEqualTo(TenantStatus.SUSPENDED));
        assertThat(table.refused()).as("not read again before").isOne();
    }

    @Test
    void unsignedForeignTamperedAndReplayedRecordsAreRefusedAndCounted() {
        KafkaProperties kafka = sharedKafka();
        SnapshotTable<TenantSnapshot> table = read(kafka, "a");
        publish(publisher(kafka, tenantKey), tenant(1, TenantStatus.SUSPENDED));
        Eventually.passes(LIMIT, () -> assertThat(table.all()).hasSize(1));
        String topic = kafka.topic("tenants.v1");
        byte[] value = SnapshotJson.write(tenant(9, TenantStatus.ACTIVE));
        String key = ACME.toString();

        List<ProducerRecord<String, byte[]>> forgeries = List.of(
                new ProducerRecord<>(topic, key, value),
                SignedRecord.sign(billingKey, "tenants.v1", key, 9, value).toProducerRecord(topic),
                SignedRecord.sign(tenantKey, "budgets.v1", key, 9, value).toProducerRecord(topic),
                rekeyed(SignedRecord.sign(tenantKey, "tenants.v1", "another key", 9, value), key, topic),
                new SignedRecord(key, 9, value, tenantKey.id(), "AAAA").toProducerRecord(topic),
                new SignedRecord(key, 9, value, "nobody", "AAAA").toProducerRecord(topic),
                reversioned(SignedRecord.sign(tenantKey, "tenants.v1", key, 1, value), 9, topic));
        RecordSender sender = opened(RecordSender.create(kafka, "forger", Duration.ofSeconds(10)));
        forgeries.forEach(forgery -> sender.send(forgery).block(LIMIT));

        Eventually.passes(LIMIT, () -> assertThat(table.refused()).isEqualTo(forgeries.size()));
        assertThat(status(table)).isEqualTo(TenantStatus.SUSPENDED);
    }

    @Test
    void aServiceCannotPublishOnAnothersTopic() {
        SnapshotPublisher billing = publisher(sharedKafka(), billingKey);
        TenantSnapshot forged = tenant(1, TenantStatus.ACTIVE);
        assertThatThrownBy(() -> billing.publish(SnapshotTopic.TENANTS, ACME.toString(), 1, forged))
                .hasMessageContaining("belongs to tenant");
    }

    @Test
    void aTopicThatAppearsLaterIsReadThen() {
        KafkaProperties kafka = new KafkaProperties(
                Infrastructure.kafka(), Infrastructure.freshName("late") + ".", (short) 1, Map.of());
        SnapshotTable<TenantSnapshot> table = read(kafka, "a");
        createTopics(kafka);
        publish(publisher(kafka, tenantKey), tenant(1, TenantStatus.ACTIVE));
        Eventually.passes(LIMIT, () -> assertThat(table.all()).hasSize(1));
        assertThat(table.isReady()).isTrue();
    }

    @Test
    void withTheBrokerAwayTheLastGoodCopyStandsInUnlessItWasTamperedWith() throws Exception {
        try (PrivateKafka broker = Infrastructure.privateKafka(directory.resolve("broker"))) {
            KafkaProperties kafka = new KafkaProperties(broker.bootstrap(), "weir.", (short) 1, Map.of());
            createTopics(kafka);
            SnapshotReader first = reader(kafka, "copy");
            SnapshotTable<TenantSnapshot> table = first.table(SnapshotTopic.TENANTS);
            first.start();
            publish(publisher(kafka, tenantKey), tenant(1, TenantStatus.ACTIVE));
            Eventually.passes(LIMIT, () -> assertThat(table.all()).hasSize(1));
            first.stop();
            broker.kill();

            SnapshotTable<TenantSnapshot> restarted = read(kafka, "copy");
            Eventually.passes(LIMIT, () -> assertThat(restarted.isReady()).isTrue());
            assertThat(status(restarted)).isEqualTo(TenantStatus.ACTIVE);

            Path copy = directory.resolve("copy/tenants.v1.snapshot");
            Files.writeString(copy, Files.readString(copy).replace("\"version\":1", "\"version\":2"));
            SnapshotTable<TenantSnapshot> tampered = read(kafka, "copy");
            Eventually.passes(LIMIT, () -> assertThat(tampered.refused()).isEqualTo(1));
            assertThat(tampered.all()).isEmpty();

            SnapshotTable<TenantSnapshot> withoutCopy = read(kafka, "empty");
            broker.start();
            Eventually.passes(LIMIT, () -> assertThat(withoutCopy.isReady()).isTrue());
            assertThat(withoutCopy.all()).hasSize(1);
        }
    }

    @Test
    void anUnforeseenFailureOfTheReaderIsStartedOver() {
        KafkaProperties kafka = sharedKafka();
        AtomicBoolean broken = new AtomicBoolean();
        AtomicInteger failures = new AtomicInteger();
        SnapshotReader reader = new SnapshotReader(kafka, keys, directory.resolve("a"), () -> {
            if (broken.get() && Thread.currentThread().getName().equals("snapshot-reader")) {
                failures.incrementAndGet();
                throw new UnsupportedOperationException("on purpose");
            }
            return Instant.now();
        });
        opened.add(reader::stop);
        SnapshotTable<TenantSnapshot> table = reader.table(SnapshotTopic.TENANTS);
        reader.start();
        Eventually.passes(LIMIT, () -> assertThat(table.isReady()).isTrue());
        broken.set(true);
        Eventually.passes(LIMIT, () -> assertThat(failures.get()).isGreaterThanOrEqualTo(2));
        publish(publisher(kafka, tenantKey), tenant(1, TenantStatus.ACTIVE));
        broken.set(false);
        Eventually.passes(LIMIT, () -> assertThat(table.all()).hasSize(1));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{\"version\":1,\"signer\":\"a\",\"signature\":\"AAAA\"}", "null", "{}", "[]", "{\"key\":\"k\"}"
            })
    void aCopyWithARecordOfNobodyIsBrokenAndTheTopicIsReadInstead(String line) throws IOException {
        KafkaProperties kafka = sharedKafka();
        publish(publisher(kafka, tenantKey), tenant(1, TenantStatus.ACTIVE));
        Files.createDirectories(directory.resolve("a"));
        Files.writeString(directory.resolve("a/tenants.v1.snapshot"), line + "\n");
        SnapshotTable<TenantSnapshot> table = read(kafka, "a");
        Eventually.passes(LIMIT, () -> assertThat(table.all()).hasSize(1));
    }

    @Test
    void aFailingListenerHarmsNobody() {
        KafkaProperties kafka = sharedKafka();
        SnapshotReader reader = reader(kafka, "a");
        SnapshotTable<BudgetSnapshot> budgets = reader.table(SnapshotTopic.BUDGETS);
        List<Amount> seen = new ArrayList<>();
        budgets.onChange(change -> {
            throw new IllegalStateException("on purpose");
        });
        budgets.onChange(change ->
                seen.add(change.value() == null ? Amount.ZERO : change.value().limit()));
        reader.start();
        publisher(kafka, billingKey)
                .publish(
                        SnapshotTopic.BUDGETS,
                        "tenant:" + ACME,
                        1,
                        new BudgetSnapshot(
                                "tenant:" + ACME, ACME, Amount.of("100"), BudgetSnapshot.Window.MONTH, "UTC", 1, 1))
                .block(LIMIT);
        Eventually.passes(LIMIT, () -> assertThat(seen).containsExactly(Amount.of("100")));
    }

    private static ProducerRecord<String, byte[]> rekeyed(SignedRecord signed, String key, String topic) {
        return new SignedRecord(key, signed.version(), signed.value(), signed.signer(), signed.signature())
                .toProducerRecord(topic);
    }

    private static ProducerRecord<String, byte[]> reversioned(SignedRecord signed, long version, String topic) {
        return new SignedRecord(signed.key(), version, signed.value(), signed.signer(), signed.signature())
                .toProducerRecord(topic);
    }

    private static TenantStatus status(SnapshotTable<TenantSnapshot> table) {
        return table.find(ACME.toString()).orElseThrow().status();
    }

    private static TenantSnapshot tenant(long version, TenantStatus status) {
        return new TenantSnapshot(
                ACME,
                new TenantSlug("acme"),
                status,
                "growth",
                Placement.POOL,
                "local",
                "UTC",
                "USD",
                Amount.of("100"),
                TenantSettings.DEFAULTS,
                version,
                Instant.parse("2026-11-01T00:00:00Z"));
    }

    private static void publish(SnapshotPublisher publisher, TenantSnapshot tenant) {
        publisher
                .publish(SnapshotTopic.TENANTS, tenant.tenantId().toString(), tenant.version(), tenant)
                .block(LIMIT);
    }

    private SnapshotTable<TenantSnapshot> read(KafkaProperties kafka, String copies) {
        SnapshotReader reader = reader(kafka, copies);
        SnapshotTable<TenantSnapshot> table = reader.table(SnapshotTopic.TENANTS);
        reader.start();
        return table;
    }

    private SnapshotReader reader(KafkaProperties kafka, String copies) {
        SnapshotReader reader = new SnapshotReader(kafka, keys, directory.resolve(copies), Clock.systemUTC());
        opened.add(reader::stop);
        return reader;
    }

    private SnapshotPublisher publisher(KafkaProperties kafka, SigningKey key) {
        return opened(new SnapshotPublisher(kafka, key));
    }

    private KafkaProperties sharedKafka() {
        KafkaProperties kafka = new KafkaProperties(
                Infrastructure.kafka(), Infrastructure.freshName("snapshots") + ".", (short) 1, Map.of());
        createTopics(kafka);
        return kafka;
    }

    private void createTopics(KafkaProperties kafka) {
        TopicCreation creation =
                new TopicCreation(kafka, List.of(TopicSpec.compacted("tenants.v1"), TopicSpec.compacted("budgets.v1")));
        opened.add(creation::stop);
        creation.start();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            Eventually.passes(
                    LIMIT,
                    () -> assertThat(admin.listTopics().names().get())
                            .contains(kafka.topic("tenants.v1"), kafka.topic("budgets.v1")));
        }
    }

    private <T extends AutoCloseable> T opened(T one) {
        opened.add(one);
        return one;
    }
}
