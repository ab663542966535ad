package io.weir.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.r2dbc.governance.MonitoredReplica;
import io.weir.tenancy.Placement;
import io.weir.tenancy.TenantContext;
import io.weir.tenancy.TenantId;
import io.weir.tenancy.TenantScope;
import io.weir.testing.Eventually;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Mono;

/// A primary and its streaming replica.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ReplicaIT {

    private static final Duration WAIT = Duration.ofSeconds(30);
    private static final Duration TOLERANT = Duration.ofSeconds(20);
    private static final String DATABASE = "mirrored";
    private static final TenantContext ACME = tenant();
    private static final TenantContext GLOBEX = tenant();

    @TempDir
    static Path directory;

    private PrivatePostgres primary;
    private PrivatePostgres copy;
    private PostgresPools pools;
    private MonitoredReplica replica;
    private TenantTransaction transaction;

    @BeforeAll
    void start() throws Exception {
        primary = PrivatePostgres.start(directory.resolve("primary"));
        DatabaseBootstrap.create(
                primary.jdbcUrl("postgres"),
                "postgres",
                PrivatePostgres.PASSWORD,
                DATABASE,
                Map.of("app", "p", "platform", "p", "migrator", "p", "mover", "p", "provisioner", "p"));
        copy = primary.replica(directory.resolve("replica"));
        PostgresProperties postgres = properties();
        pools = new PostgresPools(postgres);
        pools.start();
        replica = new MonitoredReplica(
                postgres, "127.0.0.1", copy.port(), Duration.ofSeconds(30), pools.platformTransaction());
        replica.start();
        transaction =
                pools.tenantTransaction(Admission.open(), Sites.only(pools.home()), TransactionLimits.none(), replica);
        asSuperuser("INSERT INTO note VALUES ('" + ACME.id() + "', 1, 'acme'), ('" + GLOBEX.id() + "', 1, 'globex')");
    }

    @AfterAll
    void stop() {
        replica.stop();
        pools.stop();
        copy.close();
        primary.close();
    }

    @Test
    @Order(1)
    void readsThatTolerateLagGoToTheReplicaAndOthersDoNot() {
        awaitReplica();
        assertThat(onReplica(TOLERANT)).isTrue();
        assertThat(onReplica(Duration.ZERO)).isFalse();
        Boolean inOrdinary = transaction
                .in(ReplicaIT::inRecovery)
                .contextWrite(TenantScope.entering(ACME))
                .block(WAIT);
        assertThat(inOrdinary).isFalse();
    }

    @Test
    @Order(2)
    void theReplicaShowsTheRowsOfTheTenantOnly() {
        awaitReplica();
        Eventually.passes(WAIT, () -> {
            assertThat(texts(ACME)).isEqualTo("acme");
            assertThat(texts(GLOBEX)).isEqualTo("globex");
        });
    }

    @Test
    @Order(3)
    void nothingCanBeWrittenWhereverItRuns() {
        awaitReplica();
        for (Duration lag : new Duration[] {TOLERANT, Duration.ZERO}) {
            assertThatThrownBy(() -> transaction
                            .readTolerant(
                                    lag,
                                    client -> client.sql("UPDATE note SET text = 'x' WHERE tenant_id = $1")
                                            .bind("$1", ACME.id().value())
                                            .fetch()
                                            .rowsUpdated()
                                            .flux())
                            .contextWrite(TenantScope.entering(ACME))
                            .blockLast(WAIT))
                    .hasStackTraceContaining("read-only transaction");
        }
    }

    @Test
    @Order(4)
    void aReplicaThatFallsBehindIsLeftAloneUntilItHasCaughtUp() throws SQLException {
        awaitReplica();
        onCopy("SELECT pg_wal_replay_pause()");
        // Behind is who has not seen something; of nothing, everybody has seen all.
        asSuperuser("UPDATE note SET text = text");
        Eventually.passes(
                WAIT, () -> assertThat(onReplica(Duration.ofSeconds(3))).isFalse());
        assertThat(onReplica(TOLERANT)).isTrue();
        onCopy("SELECT pg_wal_replay_resume()");
        Eventually.passes(
                WAIT, () -> assertThat(onReplica(Duration.ofSeconds(3))).isTrue());
    }

    // Its lag is still within what is tolerated: the read is sent there, fails, and is answered here.
    @Test
    @Order(5)
    void aReplicaThatIsAwayIsNoError() {
        awaitReplica();
        copy.stop();
        for (int i = 0; i < 20; i++) {
            assertThat(texts(ACME)).isEqualTo("acme");
            assertThat(onReplica(TOLERANT)).isFalse();
        }
        copy.resume();
        awaitReplica();
    }

    private void awaitReplica() {
        Eventually.passes(
                WAIT, () -> assertThat(onReplica(Duration.ofSeconds(5))).isTrue());
    }

    private boolean onReplica(Duration lag) {
        return Objects.requireNonNull(transaction
                .readTolerant(lag, client -> inRecovery(client).flux())
                .contextWrite(TenantScope.entering(ACME))
                .blockLast(WAIT));
    }

    private String texts(TenantContext tenant) {
        return Objects.requireNonNull(transaction
                .readTolerant(
                        TOLERANT,
                        client -> client.sql("SELECT coalesce(string_agg(text, ','), '') FROM note")
                                .map(row -> Column.first(row, String.class))
                                .all())
                .contextWrite(TenantScope.entering(tenant))
                .blockLast(WAIT));
    }

    private static Mono<Boolean> inRecovery(DatabaseClient client) {
        return client.sql("SELECT pg_is_in_recovery()")
                .map(row -> Column.first(row, Boolean.class))
                .one();
    }

    private void asSuperuser(String sql) throws SQLException {
        try (Connection connection = primary.superuser(DATABASE);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private void onCopy(String sql) throws SQLException {
        try (Connection connection = copy.superuser("postgres");
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private PostgresProperties properties() {
        return new PostgresProperties(
                "127.0.0.1",
                primary.port(),
                DATABASE,
                login("_app"),
                login("_platform"),
                login("_migrator"),
                login("_mover"),
                login("_provisioner"),
                new PostgresProperties.Pool(
                        3,
                        2,
                        200,
                        Duration.ofSeconds(3),
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(15),
                        Duration.ofMinutes(30)),
                Duration.ofSeconds(30));
    }

    private static PostgresProperties.Login login(String suffix) {
        return new PostgresProperties.Login(DATABASE + suffix, "p");
    }

    private static TenantContext tenant() {
        return new TenantContext(new TenantId(UUID.randomUUID()), "growth", Placement.POOL, "local");
    }
}
