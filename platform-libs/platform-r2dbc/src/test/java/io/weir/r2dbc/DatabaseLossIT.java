package io.weir.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.tenancy.Placement;
import io.weir.tenancy.TenantContext;
import io.weir.tenancy.TenantId;
import io.weir.tenancy.TenantScope;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.dao.DataAccessException;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DatabaseLossIT {

    private static final Duration WAIT = Duration.ofSeconds(30);
    private static final TenantContext ACME =
            new TenantContext(new TenantId(UUID.randomUUID()), "growth", Placement.POOL, "local");

    private FreshDatabase database;
    private PostgresPools pools;
    private TenantTransaction transaction;

    @BeforeAll
    void open() throws SQLException {
        database = FreshDatabase.create();
        // Two connections: one that loses, and one that holds what the first wants.
        pools = database.open(2);
        transaction = pools.tenantTransaction();
    }

    @AfterAll
    void close() {
        pools.stop();
    }

    @Test
    void aBackendKilledBetweenTwoStatementsIsA503AndIsReplaced() {
        assertUnavailable(() -> in(client -> pid(client).flatMap(this::kill).then(pid(client))));
        assertThat(in(DatabaseLossIT::pid)).isPositive();
    }

    @Test
    void aBackendKilledInAStatementIsA503() {
        assertUnavailable(() -> in(client -> pid(client)
                .flatMap(pid -> slow(client)
                        .mergeWith(Mono.delay(Duration.ofMillis(300)).flatMap(late -> kill(pid)))
                        .last())));
    }

    @Test
    void aBackendKilledBeforeTheCommitIsA503() {
        assertUnavailable(() -> in(client -> pid(client).flatMap(this::kill)));
    }

    @Test
    void aBackendKilledWhileRowsComeIsA503() {
        assertUnavailable(() -> transaction
                .inMany(client -> pid(client).flatMapMany(pid -> Flux.concat(kill(pid), slow(client))))
                .contextWrite(TenantScope.entering(ACME))
                .blockLast(WAIT));
    }

    @Test
    void aStatementThatTakesTooLongIsA503() {
        assertUnavailable(() -> in(client -> client.sql("SELECT 1 FROM pg_sleep(60)")
                .map(row -> Column.first(row, Integer.class))
                .one()));
    }

    @Test
    void aLockThatIsNotToBeHadIsA503() throws SQLException {
        database.asSuperuser("INSERT INTO note VALUES ('" + ACME.id() + "', 1, 'locked')");
        assertUnavailable(() -> in(client -> lock(client)
                .then(Mono.defer(() ->
                        Mono.fromCallable(() -> in(DatabaseLossIT::lock)).subscribeOn(Schedulers.boundedElastic())))));
    }

    @Test
    void aWrongStatementStaysOurOwnFault() {
        assertThatThrownBy(() -> in(client -> client.sql("SELECT nothing FROM nowhere")
                        .map(row -> Column.first(row, Integer.class))
                        .one()))
                .isInstanceOf(DataAccessException.class);
        assertThatThrownBy(() -> in(client -> client.sql("SELECT 1 / 0")
                        .map(row -> Column.first(row, Integer.class))
                        .one()))
                .isInstanceOf(DataAccessException.class);
    }

    private static void assertUnavailable(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        PlatformException.class,
                        problem -> assertThat(problem.type()).isEqualTo(ProblemType.SERVICE_UNAVAILABLE));
    }

    private <T> T in(Function<DatabaseClient, Mono<T>> work) {
        return Objects.requireNonNull(
                transaction.in(work).contextWrite(TenantScope.entering(ACME)).block(WAIT));
    }

    private static Mono<Integer> pid(DatabaseClient client) {
        return client.sql("SELECT pg_backend_pid()")
                .map(row -> Column.first(row, Integer.class))
                .one();
    }

    private static Mono<Integer> slow(DatabaseClient client) {
        return client.sql("SELECT 1 FROM pg_sleep(4)")
                .map(row -> Column.first(row, Integer.class))
                .one();
    }

    private static Mono<Integer> lock(DatabaseClient client) {
        return client.sql("SELECT 1 FROM note WHERE note_id = 1 FOR UPDATE")
                .map(row -> Column.first(row, Integer.class))
                .one();
    }

    // Ends when the backend has.
    private Mono<Integer> kill(int pid) {
        return Mono.fromCallable(() -> {
                    database.asSuperuser("SELECT pg_terminate_backend(" + pid + ")");
                    return pid;
                })
                .subscribeOn(Schedulers.boundedElastic());
    }
}
