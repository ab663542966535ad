package io.weir.r2dbc;

import io.r2dbc.postgresql.api.PostgresqlConnection;
import io.r2dbc.spi.Batch;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.Result;
import io.r2dbc.spi.Statement;
import io.r2dbc.spi.TransactionDefinition;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// A connection under the pool. It opens a transaction and sets its tenant in one round trip, and knows whether
/// anything happened on it since its last completed commit or rollback.
final class PhysicalConnection extends DelegatingConnection {

    private static final Duration ROLLBACK = Duration.ofSeconds(1);

    private final Connection driver;
    private final String settings;

    // INVARIANT: false from the moment before something may open a transaction until the server has ended it.
    private volatile boolean clean = true;

    /// @param settings to be made in each transaction: see [TransactionFor#opening]
    PhysicalConnection(Connection driver, String settings) {
        super(driver);
        this.driver = driver;
        this.settings = settings;
    }

    @Override
    public Mono<Void> beginTransaction() {
        return Mono.error(new IllegalStateException("a transaction must say whose it is (expected: TransactionFor)"));
    }

    @Override
    public Mono<Void> beginTransaction(TransactionDefinition definition) {
        if (definition instanceof TransactionFor purpose) {
            return Mono.defer(() -> {
                clean = false;
                return simpleQuery(purpose.opening(settings));
            });
        }
        return beginTransaction();
    }

    @Override
    public String toString() {
        return "PhysicalConnection[clean=" + clean + "]";
    }

    @Override
    public Statement createStatement(String sql) {
        clean = false;
        return driver.createStatement(sql);
    }

    @Override
    public Batch createBatch() {
        clean = false;
        return driver.createBatch();
    }

    @Override
    public Mono<Void> commitTransaction() {
        return Mono.from(driver.commitTransaction()).doOnSuccess(done -> clean = true);
    }

    /// Always sent, whatever the driver believes: after a cancellation its view of the transaction may be
    /// old. Where it is not answered soon, a statement runs that nobody waits for any more. The server is told
    /// to end it, because the connection's end would not; and the connection is not lent again, because that
    /// may come late.
    @Override
    public Mono<Void> rollbackTransaction() {
        return simpleQuery("ROLLBACK")
                .timeout(ROLLBACK)
                .doOnSuccess(done -> clean = true)
                .onErrorResume(TimeoutException.class, late -> cancelled().then(Mono.error(late)));
    }

    private Mono<Void> cancelled() {
        return driver instanceof PostgresqlConnection postgres
                ? postgres.cancelRequest().timeout(ROLLBACK).onErrorComplete()
                : Mono.empty();
    }

    /// Before the pool lends it again. An error makes the pool close the connection.
    static Publisher<Void> beforeRelease(Connection pooled) {
        if (!(pooled instanceof PhysicalConnection connection)) {
            return Mono.error(new IllegalStateException("not a connection of ours: " + pooled.getClass()));
        }
        return Mono.defer(() -> connection.clean ? Mono.empty() : connection.rollbackTransaction());
    }

    private Mono<Void> simpleQuery(String sql) {
        return Flux.from(driver.createBatch().add(sql).execute())
                .flatMap(Result::getRowsUpdated)
                .then();
    }
}
