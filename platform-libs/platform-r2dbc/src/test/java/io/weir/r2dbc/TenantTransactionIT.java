package io.weir.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r2dbc.spi.Statement;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.tenancy.MissingTenantException;
import io.weir.tenancy.Placement;
import io.weir.tenancy.TenantContext;
import io.weir.tenancy.TenantId;
import io.weir.tenancy.TenantScope;
import io.weir.testing.Eventually;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.dao.DataAccessException;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TenantTransactionIT {

    private static final Duration WAIT = Duration.ofSeconds(20);
    private static final TenantContext ACME = tenant();
    private static final TenantContext GLOBEX = tenant();

    private FreshDatabase database;
    private PostgresPools pools;
    private TenantTransaction transaction;
    private PlatformTransaction platform;

    @BeforeAll
    void open() throws SQLException {
        database = FreshDatabase.create();
        // One connection: every borrower gets the one that the former borrower left.
        pools = database.open(1);
        transaction = pools.tenantTransaction();
        platform = pools.platformTransaction();
    }

    @AfterAll
    void close() {
        pools.stop();
    }

    @BeforeEach
    void oneNoteEach() throws SQLException {
        database.asSuperuser(
                "DELETE FROM note",
                "INSERT INTO note VALUES ('" + ACME.id() + "', 1, 'acme'), ('" + GLOBEX.id() + "', 1, 'globex')");
    }

    @Test
    void showsTheRowsOfTheTenantOnly() {
        assertThat(texts(ACME)).containsExactly("acme");
        assertThat(texts(GLOBEX)).containsExactly("globex");
    }

    // Else every test here about a former borrower would pass without meaning.
    @Test
    void theConnectionIsReused() {
        assertThat(backend()).isEqualTo(backend());
    }

    @Test
    void withoutATenantNothingRuns() {
        assertThatThrownBy(() -> transaction.in(client -> count(client)).block(WAIT))
                .isInstanceOf(MissingTenantException.class);
    }

    @Test
    void aConnectionWithoutATenantSeesAndTakesNothing() throws SQLException {
        PostgresProperties.Login app = database.login("_app");
        String url = database.properties(1, WAIT).jdbcUrl();
        try (java.sql.Connection connection =
                        java.sql.DriverManager.getConnection(url, app.username(), app.password());
                java.sql.Statement statement = connection.createStatement()) {
            for (String setting : List.of("SELECT 1", "SELECT set_config('weir.tenant_id', '', false)")) {
                statement.execute(setting);
                try (java.sql.ResultSet rows = statement.executeQuery("SELECT * FROM note")) {
                    assertThat(rows.next()).isFalse();
                }
                assertThat(statement.executeUpdate("DELETE FROM note")).isZero();
                assertThatThrownBy(() -> statement.execute("INSERT INTO note VALUES ('" + ACME.id() + "', 9, 'x')"))
                        .hasMessageContaining("row-level security");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT count(*) FROM note WHERE tenant_id = $1",
                "SELECT count(*) FROM note WHERE tenant_id = $1 AND note_id = 1",
                "WITH changed AS (UPDATE note SET text = 'stolen' WHERE tenant_id = $1 RETURNING 1) SELECT count(*) FROM changed",
                "WITH gone AS (DELETE FROM note WHERE tenant_id = $1 RETURNING 1) SELECT count(*) FROM gone",
                "WITH m AS (MERGE INTO note USING (SELECT $1::uuid AS id) s ON tenant_id = s.id WHEN MATCHED THEN DELETE RETURNING 1)"
                        + " SELECT count(*) FROM m",
                "SELECT count(*) FROM (SELECT * FROM note WHERE tenant_id = $1 FOR UPDATE) locked",
            })
    void anotherTenantsIdReachesNothing(String sql) {
        Long reached = as(
                ACME,
                client -> client.sql(sql)
                        .bind("$1", GLOBEX.id().value())
                        .map(row -> Column.first(row, Long.class))
                        .one());
        assertThat(reached).isZero();
        assertThat(texts(GLOBEX)).containsExactly("globex");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "INSERT INTO note VALUES ($1, 2, 'planted')",
                "INSERT INTO note VALUES ($1, 1, 'planted') ON CONFLICT (tenant_id, note_id) DO UPDATE SET text = 'planted'",
                "UPDATE note SET tenant_id = $1",
            })
    void nothingCanBePutIntoAnotherTenant(String sql) {
        assertThatThrownBy(() -> as(
                        ACME,
                        client -> client.sql(sql)
                                .bind("$1", GLOBEX.id().value())
                                .fetch()
                                .rowsUpdated()))
                .isInstanceOf(DataAccessException.class)
                .hasMessageContaining("row-level security");
        assertThat(texts(GLOBEX)).containsExactly("globex");
        assertThat(texts(ACME)).containsExactly("acme");
    }

    @Test
    void anInsertThatIgnoresConflictsTellsNothingOfAnotherTenantsRow() {
        assertThatThrownBy(() -> as(
                        ACME,
                        client -> client.sql("INSERT INTO note VALUES ($1, 1, 'x') ON CONFLICT DO NOTHING")
                                .bind("$1", GLOBEX.id().value())
                                .fetch()
                                .rowsUpdated()))
                .isInstanceOf(DataAccessException.class);
    }

    @Test
    void commitsBeforeItAnswers() throws SQLException {
        as(ACME, client -> insert(client, ACME, 2, "kept"));
        assertThat(platformTexts()).contains("kept");
    }

    @Test
    void anErrorRollsBackAndTheNextBorrowerHasNoTenantOfTheFormer() {
        assertThatThrownBy(() -> as(
                        ACME,
                        client -> insert(client, ACME, 2, "lost")
                                .then(Mono.error(new IllegalStateException("after the insert")))))
                .hasMessage("after the insert");
        assertNothingIsLeft();
    }

    @Test
    void aFailedStatementRollsBackEvenIfItsErrorIsSwallowed() {
        assertThatThrownBy(() -> as(
                        ACME,
                        client -> insert(client, ACME, 2, "lost")
                                .then(client.sql("SELECT 1/0").fetch().rowsUpdated())
                                .onErrorComplete()))
                .isInstanceOf(Exception.class);
        assertNothingIsLeft();
    }

    @Test
    void aTimeoutInAStatementRollsBack() {
        assertThatThrownBy(() -> inAcme(client -> insert(client, ACME, 2, "lost")
                                .then(client.sql("SELECT pg_sleep(1)").fetch().rowsUpdated()))
                        .timeout(Duration.ofMillis(200))
                        .block(WAIT))
                .hasCauseInstanceOf(TimeoutException.class);
        assertNothingIsLeft();
    }

    @Test
    void cancellationAtAnyMomentLeavesNothing() {
        for (int micros = 0; micros < 6_000; micros += 150) {
            inAcme(client -> insert(client, ACME, 2, "lost").then(Mono.<Long>never()))
                    .timeout(Duration.ofNanos(micros * 1_000L))
                    .onErrorComplete()
                    .block(WAIT);
            assertThat(settingOfNextBorrower()).isEqualTo(GLOBEX.id().toString());
        }
        assertNothingIsLeft();
    }

    // The driver is known to leave a connection stuck when a conversation with more than 256 buffered rows is
    // cancelled.
    @Test
    void cancellingALargeResultFreesTheConnection() {
        for (int i = 0; i < 5; i++) {
            List<Integer> some = transaction
                    .inMany(client -> client.sql("SELECT generate_series(1, 20000)")
                            .map(row -> Column.first(row, Integer.class))
                            .all())
                    .take(3)
                    .contextWrite(TenantScope.entering(ACME))
                    .collectList()
                    .block(WAIT);
            assertThat(some).containsExactly(1, 2, 3);
            assertThat(texts(GLOBEX)).containsExactly("globex");
        }
    }

    @Test
    void aSettingForTheSessionDoesNotReachTheNextTenant() {
        as(
                ACME,
                client -> client.sql("SELECT set_config('weir.tenant_id', $1, false)")
                        .bind("$1", ACME.id().toString())
                        .fetch()
                        .rowsUpdated());
        assertThat(texts(GLOBEX)).containsExactly("globex");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"BEGIN", "  commit", "ROLLBACK", "SET weir.tenant_id = ''", "RESET ALL", "SELECT 1; COMMIT"})
    void theWorkCannotTouchTheTransactionsBoundaries(String sql) {
        assertThatThrownBy(() -> as(ACME, client -> client.sql(sql).fetch().rowsUpdated()))
                .hasMessageContaining("belong to the transaction itself");
        assertNothingIsLeft();
    }

    @Test
    void aStatementKeptPastItsTransactionIsDead() {
        AtomicReference<Statement> kept = new AtomicReference<>();
        as(
                ACME,
                client -> client.inConnection(connection -> {
                    kept.set(connection.createStatement("INSERT INTO note VALUES ('" + ACME.id() + "', 7, 'late')"));
                    return Mono.just(1L);
                }));
        assertThatThrownBy(() -> Flux.from(kept.get().execute()).blockLast(WAIT))
                .hasMessageContaining("transaction of this statement has ended");
        assertNothingIsLeft();
    }

    @Test
    void theClientIsUselessOutsideItsTransaction() {
        AtomicReference<DatabaseClient> kept = new AtomicReference<>();
        as(ACME, client -> {
            kept.set(client);
            return Mono.just(1L);
        });
        assertThatThrownBy(() -> count(kept.get()).block(WAIT)).hasStackTraceContaining("No transaction runs here");
    }

    @Test
    void transactionsDoNotNest() {
        assertThatThrownBy(() -> as(ACME, client -> transaction.in(inner -> count(inner))))
                .hasMessageContaining("runs already");
    }

    @Test
    void aPoolWithoutAFreeConnectionAnswers503InTime() {
        PostgresPools small = new PostgresPools(database.properties(1, Duration.ofMillis(200)));
        small.start();
        try {
            TenantTransaction narrow = small.tenantTransaction();
            Disposable holder = narrow.in(client -> Mono.never())
                    .contextWrite(TenantScope.entering(ACME))
                    .subscribe();
            Mono<Long> second = narrow.in(client -> count(client)).contextWrite(TenantScope.entering(ACME));
            Eventually.passes(() -> assertThatThrownBy(() -> second.block(WAIT))
                    .isInstanceOfSatisfying(
                            PlatformException.class,
                            busy -> assertThat(busy.type()).isEqualTo(ProblemType.SERVICE_UNAVAILABLE)));
            holder.dispose();
            Eventually.passes(() -> assertThat(second.block(WAIT)).isEqualTo(1));
        } finally {
            small.stop();
        }
    }

    @Test
    void thePlatformSeesWhatItsPoliciesNameAndNoMore() {
        assertThat(platformTexts()).containsExactlyInAnyOrder("acme", "globex");
        assertThatThrownBy(() -> platform.in(
                                "test",
                                client -> client.sql("DELETE FROM note").fetch().rowsUpdated())
                        .block(WAIT))
                .hasMessageContaining("permission denied");
    }

    private void assertNothingIsLeft() {
        assertThat(settingOfNextBorrower()).isEqualTo(GLOBEX.id().toString());
        assertThat(platformTexts()).containsExactlyInAnyOrder("acme", "globex");
    }

    private String settingOfNextBorrower() {
        return as(
                GLOBEX,
                client -> client.sql("SELECT tenant.current_id()::text")
                        .map(row -> Column.first(row, String.class))
                        .one());
    }

    private Integer backend() {
        return as(
                ACME,
                client -> client.sql("SELECT pg_backend_pid()")
                        .map(row -> Column.first(row, Integer.class))
                        .one());
    }

    private List<String> platformTexts() {
        return Objects.requireNonNull(platform.in(
                        "test",
                        client -> client.sql("SELECT text FROM note")
                                .map(row -> Column.first(row, String.class))
                                .all()
                                .collectList())
                .block(WAIT));
    }

    private List<String> texts(TenantContext tenant) {
        return as(
                tenant,
                client -> client.sql("SELECT text FROM note ORDER BY note_id")
                        .map(row -> Column.first(row, String.class))
                        .all()
                        .collectList());
    }

    private <T> Mono<T> inAcme(Function<DatabaseClient, Mono<T>> work) {
        return transaction.in(work).contextWrite(TenantScope.entering(ACME));
    }

    private <T> T as(TenantContext tenant, Function<DatabaseClient, Mono<T>> work) {
        return Objects.requireNonNull(
                transaction.in(work).contextWrite(TenantScope.entering(tenant)).block(WAIT));
    }

    private static Mono<Long> count(DatabaseClient client) {
        return client.sql("SELECT count(*) FROM note")
                .map(row -> Column.first(row, Long.class))
                .one();
    }

    private static Mono<Long> insert(DatabaseClient client, TenantContext tenant, int id, String text) {
        return client.sql("INSERT INTO note VALUES (:tenant, :id, :text)")
                .bind("tenant", tenant.id().value())
                .bind("id", id)
                .bind("text", text)
                .fetch()
                .rowsUpdated();
    }

    private static TenantContext tenant() {
        return new TenantContext(new TenantId(UUID.randomUUID()), "growth", Placement.POOL, "local");
    }
}
