package io.weir.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.tenancy.Placement;
import io.weir.tenancy.TenantContext;
import io.weir.tenancy.TenantId;
import io.weir.tenancy.TenantScope;
import io.weir.testing.Eventually;
import io.weir.testing.Infrastructure;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// Nothing that one tenant's work leaves on a connection reaches the next tenant. One connection: every borrower gets
/// the one that the former borrower left.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HygieneIT {

    private static final Duration WAIT = Duration.ofSeconds(30);
    private static final TenantContext ACME = tenant();
    private static final TenantContext GLOBEX = tenant();

    private FreshDatabase database;
    private PostgresPools pools;
    private TenantTransaction transaction;

    @BeforeAll
    void open() throws SQLException {
        database = FreshDatabase.create();
        pools = database.open(1);
        transaction = pools.tenantTransaction();
        database.asSuperuser(
                "INSERT INTO note SELECT '" + ACME.id() + "', n, 'acme' FROM generate_series(1, 2000) n",
                "INSERT INTO note SELECT '" + GLOBEX.id() + "', n, 'globex' FROM generate_series(1, 2000) n");
    }

    @AfterAll
    void close() {
        pools.stop();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "search_path | tenant, public",
                "statement_timeout | 1",
                "lock_timeout | 1",
                "idle_in_transaction_session_timeout | 1",
                "default_transaction_read_only | on",
                "default_transaction_isolation | serializable",
                "row_security | off",
                "work_mem | 64",
                "enable_indexscan | off",
                "weir.tenant_proof | x",
                "application_name | thief",
                "timezone | Asia/Tokyo",
            })
    void aSettingThatWasInjectedForTheSessionEndsWithItsTransaction(String setting, String value) {
        String former = setting(GLOBEX, setting);
        as(
                ACME,
                client -> client.sql("SELECT set_config($1, $2, false)")
                        .bind("$1", setting)
                        .bind("$2", value)
                        .fetch()
                        .rowsUpdated()
                        .thenReturn(1));
        if (!setting.startsWith("weir.")) {
            assertThat(setting(GLOBEX, setting)).isEqualTo(former);
        }
        assertThat(owners(GLOBEX)).containsExactly("globex");
    }

    @Test
    void aLockOfTheSessionIsGivenBack() {
        as(ACME, client -> one(client, "SELECT 1 FROM pg_advisory_lock(4711)"));
        Integer held = as(
                GLOBEX,
                client ->
                        one(client, "SELECT count(*)::int FROM pg_locks WHERE locktype = 'advisory' AND objid = 4711"));
        assertThat(held).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "DECLARE kept CURSOR WITH HOLD FOR SELECT * FROM note",
                "PREPARE kept AS SELECT * FROM note",
                "LISTEN others",
                "DO $$ BEGIN PERFORM set_config('weir.tenant_id', '', false); END $$",
                "DISCARD ALL",
                "START TRANSACTION",
                "END",
                "/* a comment */ END",
                "/* a /* nested */ one */ PREPARE kept AS SELECT 1",
                " -- a comment\nBEGIN",
            })
    void whatWouldOutliveTheTransactionIsRefused(String sql) {
        assertThatThrownBy(() -> as(ACME, client -> client.sql(sql).fetch().rowsUpdated()))
                .hasMessageContaining("belong to the transaction itself");
    }

    // Both tenants run the same text, so that the driver and the server reuse one prepared statement and its plan.
    @Test
    void aPreparedPlanReusedAcrossTenantsShowsEachItsOwn() {
        for (int i = 0; i < 12; i++) {
            assertThat(ownersAfter(ACME)).containsExactly("acme");
            assertThat(ownersAfter(GLOBEX)).containsExactly("globex");
        }
        Integer prepared = as(
                GLOBEX,
                client -> one(
                        client,
                        "SELECT count(*)::int FROM pg_prepared_statements WHERE statement LIKE 'SELECT DISTINCT text FROM note%'"));
        assertThat(prepared).isEqualTo(1);
    }

    @Test
    void aParallelPlanKnowsTheTenantToo() {
        List<String> seen = as(
                GLOBEX,
                client -> one(client, "SELECT 1 FROM set_config('debug_parallel_query', 'on', true)")
                        .thenMany(client.sql("SELECT DISTINCT text FROM note")
                                .map(row -> Column.first(row, String.class))
                                .all())
                        .collectList());
        assertThat(seen).containsExactly("globex");
    }

    // The driver is known to leave a connection stuck when a conversation with more than 256 buffered rows is
    // cancelled: whatever becomes of the connection, the next tenant is served, and sees its own.
    @Test
    void cancellingBigResultsAtAnyRowLeavesNothing() {
        for (int rows : new int[] {1, 2, 255, 256, 257, 300, 512, 1500}) {
            List<String> some = transaction
                    .inMany(client -> client.sql("SELECT text FROM note")
                            .map(row -> Column.first(row, String.class))
                            .all())
                    .take(rows)
                    .contextWrite(TenantScope.entering(ACME))
                    .collectList()
                    .block(WAIT);
            assertThat(some).hasSize(rows).containsOnly("acme");
            assertThat(owners(GLOBEX)).containsExactly("globex");
        }
    }

    @Test
    void bigResultsCancelledByTimeAndErrorLeaveNothing() {
        for (int i = 0; i < 40; i++) {
            Duration end = Duration.ofNanos(ThreadLocalRandom.current().nextLong(20_000_000));
            Mono<List<String>> big = transaction
                    .inMany(client -> client.sql("SELECT text FROM note, generate_series(1, 5)")
                            .map(row -> Column.first(row, String.class))
                            .all())
                    .contextWrite(TenantScope.entering(ACME))
                    .collectList();
            (i % 2 == 0
                            ? big.timeout(end)
                            : big.takeUntilOther(Mono.delay(end).then(Mono.error(new IllegalStateException()))))
                    .onErrorComplete()
                    .block(WAIT);
            assertThat(owners(GLOBEX)).containsExactly("globex");
        }
    }

    @Test
    void slowConsumersOfManyTenantsNeverReceiveEachOthersRows() {
        PostgresPools four = database.open(4);
        try {
            TenantTransaction shared = four.tenantTransaction();
            List<String> mixed = new ArrayList<>();
            Flux.range(0, 60)
                    .flatMap(i -> mixture(shared, i), 12)
                    .doOnNext(mixed::add)
                    .blockLast(WAIT);
            assertThat(mixed).isNotEmpty().allMatch(both -> both.equals("acme acme") || both.equals("globex globex"));
        } finally {
            four.stop();
        }
    }

    // A connection that is closed does not tell the server: what runs on it would go on until its own timeout, and
    // hold a process of the server's that no pool counts.
    @Test
    void aStatementThatNobodyWaitsForEndsAtTheServerToo() throws SQLException {
        Mono<Integer> slow = transaction
                .in(client -> one(client, "SELECT 1 FROM set_config('statement_timeout', '120s', true)")
                        .then(one(client, "SELECT 1 FROM pg_sleep(100)")))
                .contextWrite(TenantScope.entering(ACME));
        Disposable running = slow.subscribe(never -> {}, failed -> {});
        Eventually.passes(WAIT, () -> assertThat(sleeping()).isEqualTo(1));
        running.dispose();
        Eventually.passes(WAIT, () -> assertThat(sleeping()).isZero());
        assertThat(owners(GLOBEX)).containsExactly("globex");
    }

    private int sleeping() throws SQLException {
        Infrastructure.Postgres postgres = Infrastructure.postgres();
        try (Connection connection = DriverManager.getConnection(
                        postgres.jdbcUrl(database.name), postgres.superuser(), postgres.password());
                Statement statement = connection.createStatement();
                ResultSet count = statement.executeQuery("SELECT count(*) FROM pg_stat_activity"
                        + " WHERE datname = current_database() AND wait_event = 'PgSleep'")) {
            count.next();
            return count.getInt(1);
        }
    }

    private static Flux<String> mixture(TenantTransaction shared, int i) {
        TenantContext tenant = i % 2 == 0 ? ACME : GLOBEX;
        String name = i % 2 == 0 ? "acme" : "globex";
        return shared.inMany(client -> client.sql("SELECT text FROM note")
                        .map(row -> name + " " + Column.first(row, String.class))
                        .all())
                .take(i % 3 == 0 ? 2000 : 10L * i + 1)
                .limitRate(i % 5 == 0 ? 1 : 64)
                .contextWrite(TenantScope.entering(tenant))
                .onErrorComplete();
    }

    private String setting(TenantContext tenant, String name) {
        return as(
                tenant,
                client -> client.sql("SELECT current_setting($1)")
                        .bind("$1", name.startsWith("weir.") ? "search_path" : name)
                        .map(row -> Column.first(row, String.class))
                        .one());
    }

    private List<String> owners(TenantContext tenant) {
        return as(
                tenant,
                client -> client.sql("SELECT DISTINCT text FROM note")
                        .map(row -> Column.first(row, String.class))
                        .all()
                        .collectList());
    }

    // With a value that is bound: such statements are prepared.
    private List<String> ownersAfter(TenantContext tenant) {
        return as(
                tenant,
                client -> client.sql("SELECT DISTINCT text FROM note WHERE note_id > $1")
                        .bind("$1", 5)
                        .map(row -> Column.first(row, String.class))
                        .all()
                        .collectList());
    }

    private static Mono<Integer> one(DatabaseClient client, String sql) {
        return client.sql(sql).map(row -> Column.first(row, Integer.class)).one();
    }

    private <T> T as(TenantContext tenant, Function<DatabaseClient, Mono<T>> work) {
        return Objects.requireNonNull(
                transaction.in(work).contextWrite(TenantScope.entering(tenant)).block(WAIT));
    }

    private static TenantContext tenant() {
        return new TenantContext(new TenantId(UUID.randomUUID()), "growth", Placement.POOL, "local");
    }
}
