package io.weir.audit.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.audit.Audit;
import io.weir.audit.AuditContext;
import io.weir.audit.AuditEntry;
import io.weir.audit.AuditEvent;
import io.weir.audit.AuditSource;
import io.weir.audit.AuditTopic;
import io.weir.audit.TopicReading;
import io.weir.kafka.KafkaProperties;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.r2dbc.Column;
import io.weir.r2dbc.PostgresPools;
import io.weir.r2dbc.TenantTransaction;
import io.weir.tenancy.Placement;
import io.weir.tenancy.TenantContext;
import io.weir.tenancy.TenantId;
import io.weir.tenancy.TenantScope;
import io.weir.testing.Eventually;
import io.weir.testing.Infrastructure;
import io.weir.testing.PrivateKafka;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AuditRelayIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Audit audit = new Audit(new AuditSource("test", InstantSource.system(), new SecureRandom()));
    private OwnDatabase database;
    private PostgresPools pools;
    private TenantTransaction transaction;

    @BeforeAll
    void open() throws Exception {
        database = OwnDatabase.create();
        pools = database.open();
        transaction = pools.tenantTransaction();
    }

    @AfterAll
    void close() {
        pools.stop();
    }

    @Test
    void stoppingTheBrokerUnderLoadLosesNoneAndTwoRelaysGiveEachItsOwnNumber(@TempDir Path data) throws Exception {
        try (PrivateKafka broker = Infrastructure.privateKafka(data)) {
            KafkaProperties kafka =
                    new KafkaProperties(broker.bootstrap(), Infrastructure.freshName("r") + ".", (short) 1, Map.of());
            TopicReading.create(kafka);
            TenantContext tenant = tenant();
            try (AuditTopic one = AuditTopic.open(kafka, "one");
                    AuditTopic other = AuditTopic.open(kafka, "other")) {
                AuditRelay first = new AuditRelay(pools.platformTransaction(), one, "test");
                AuditRelay second = new AuditRelay(pools.platformTransaction(), other, "test");
                first.start();
                second.start();
                record(tenant, "before", 200);
                broker.kill();
                record(tenant, "while", 300);
                Eventually.passes(
                        PATIENCE, () -> assertThat(first.waitingSeconds()).isPositive());
                // One of them dies with the broker away.
                second.stop();
                record(tenant, "then", 100);
                broker.start();
                Eventually.passes(
                        PATIENCE,
                        () -> assertThat(database.count("audit_outbox")).isZero());
                first.stop();
            }
            List<AuditEvent> arrived = TopicReading.all(kafka);
            Set<String> targets = new HashSet<>();
            Set<Long> numbers = new HashSet<>();
            Set<UUID> ids = new HashSet<>();
            arrived.forEach(event -> {
                targets.add(event.what().target());
                numbers.add(event.sequence());
                ids.add(event.id());
            });
            assertThat(targets).hasSize(600);
            assertThat(numbers)
                    .containsExactlyInAnyOrderElementsOf(
                            LongStream.rangeClosed(1, 600).boxed().toList());
            assertThat(ids).as("a repetition is the same event").hasSize(600);
        }
    }

    @Test
    void aRollbackLeavesNeitherEventNorGap() throws Exception {
        TenantContext tenant = tenant();
        record(tenant, "kept", 1);
        StepVerifier.create(transaction
                        .in(client -> audit.record(client, AuditEntry.done("test.done", "undone"))
                                .then(Mono.<Void>error(new IllegalStateException("rolled back"))))
                        .contextWrite(TenantScope.entering(tenant)))
                .expectError(IllegalStateException.class)
                .verify(PATIENCE);
        record(tenant, "next", 1);
        assertThat(database.texts(
                        "SELECT sequence FROM audit_outbox WHERE tenant_id = '" + tenant.id() + "' ORDER BY sequence"))
                .containsExactly("1", "2");
    }

    @Test
    void whatCannotBeRecordedIsNotDone() throws Exception {
        TenantContext tenant = tenant();
        String app = database.name + "_app";
        database.execute("REVOKE INSERT ON audit_outbox FROM " + app);
        try {
            StepVerifier.create(transaction
                            .in(client -> change(client, tenant)
                                    .then(audit.record(client, AuditEntry.done("test.done", "secretly"))))
                            .contextWrite(TenantScope.entering(tenant)))
                    .expectErrorSatisfies(failure -> assertThat(failure)
                            .isInstanceOfSatisfying(
                                    PlatformException.class,
                                    refused -> assertThat(refused.type()).isEqualTo(ProblemType.AUDIT_UNAVAILABLE)))
                    .verify(PATIENCE);
        } finally {
            database.execute("GRANT INSERT ON audit_outbox TO " + app);
        }
        assertThat(database.texts("SELECT last FROM audit_sequence WHERE tenant_id = '" + tenant.id() + "'"))
                .isEmpty();
    }

    @Test
    void theEventTellsWhoAndWhere() throws Exception {
        TenantContext tenant = tenant();
        transaction
                .in(client -> audit.record(
                        client, AuditEntry.done("test.done", "told").changing(null, Map.of("a", 1))))
                .contextWrite(TenantScope.entering(tenant))
                .contextWrite(
                        new AuditContext.Request("203.0.113.7", "r-1", "4bf92f3577b34da6a3ce929d0e0e4736").entering())
                .block(PATIENCE);
        assertThat(database.texts("SELECT payload FROM audit_outbox WHERE tenant_id = '" + tenant.id() + "'"))
                .singleElement()
                .asString()
                .contains("service:test", "203.0.113.7", "r-1", "4bf92f3577b34da6a3ce929d0e0e4736", "afterDigest");
    }

    @Test
    void anotherTenantsOutboxIsNeitherSeenNorWritten() throws Exception {
        TenantContext acme = tenant();
        TenantContext globex = tenant();
        record(globex, "theirs", 1);
        assertThat(transaction
                        .in(client -> client.sql("SELECT count(*) FROM audit_outbox")
                                .map(row -> Column.first(row, Long.class))
                                .one())
                        .contextWrite(TenantScope.entering(acme))
                        .block(PATIENCE))
                .isZero();
        StepVerifier.create(transaction
                        .in(client -> audit.record(client, globex.id(), AuditEntry.done("test.done", "forged")))
                        .contextWrite(TenantScope.entering(acme)))
                .expectError()
                .verify(PATIENCE);
    }

    @Test
    void anUnreadableRowStopsNoOther() throws Exception {
        KafkaProperties kafka =
                new KafkaProperties(Infrastructure.kafka(), Infrastructure.freshName("r") + ".", (short) 1, Map.of());
        TopicReading.create(kafka);
        TenantContext tenant = tenant();
        database.execute("INSERT INTO audit_outbox (tenant_id, sequence, payload) VALUES ('" + tenant.id()
                + "', 1000, 'no event')");
        record(tenant, "good", 3);
        try (AuditTopic topic = AuditTopic.open(kafka, "one")) {
            AuditRelay relay = new AuditRelay(pools.platformTransaction(), topic, "test");
            relay.start();
            Eventually.passes(
                    PATIENCE,
                    () -> assertThat(database.texts(
                                    "SELECT sequence FROM audit_outbox WHERE tenant_id = '" + tenant.id() + "'"))
                            .containsExactly("1000"));
            Eventually.passes(
                    PATIENCE,
                    () -> assertThat(relay.waitingSeconds())
                            .as("somebody is told")
                            .isPositive());
            relay.stop();
        }
        database.execute("DELETE FROM audit_outbox");
    }

    private void record(TenantContext tenant, String name, int count) {
        Flux.range(0, count)
                .flatMap(
                        i -> transaction
                                .in(client -> audit.record(client, AuditEntry.done("test.done", name + i)))
                                .contextWrite(TenantScope.entering(tenant)),
                        4)
                .blockLast(PATIENCE);
    }

    private static Mono<Void> change(DatabaseClient client, TenantContext tenant) {
        return client.sql("INSERT INTO audit_sequence (tenant_id, last) VALUES (:tenant, 7)")
                .bind("tenant", tenant.id().value())
                .then();
    }

    private static TenantContext tenant() {
        return new TenantContext(new TenantId(UUID.randomUUID()), "growth", Placement.POOL, "local");
    }
}
