package io.weir.r2dbc;

import io.r2dbc.pool.ConnectionPool;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.ConnectionFactoryMetadata;
import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.R2dbcNonTransientResourceException;
import io.r2dbc.spi.R2dbcPermissionDeniedException;
import io.r2dbc.spi.R2dbcTimeoutException;
import java.util.Optional;
import java.util.function.Function;
import org.reactivestreams.Publisher;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.r2dbc.core.binding.BindMarkersFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.pool.PoolAcquirePendingLimitException;
import reactor.pool.PoolShutdownException;

/// Runs work in transactions. Commits when the work completes; any other end (error, cancellation,
/// timeout) leaves the transaction to the rollback that precedes the connection's return to the pool.
final class TransactionRunner {

    private static final String ELSEWHERE = "WR001";
    private static final String UNPROVEN = "WR002";

    private final Runnable unproven;

    // One client for all: it finds the connection of the running transaction in the Reactor context.
    private final DatabaseClient client;

    /// @param unproven told when a database does not know the key of a proof; must return at once
    TransactionRunner(ConnectionFactoryMetadata database, Runnable unproven) {
        this.unproven = unproven;
        this.client = DatabaseClient.builder()
                .connectionFactory(new LeasedConnections(database))
                .bindMarkers(BindMarkersFactory.indexed("$", 1))
                .build();
    }

    /// Fails with [RowsElsewhereException], before the work has begun, where the tenant's rows have left.
    <T> Mono<T> run(ConnectionPool pool, TransactionFor purpose, Function<DatabaseClient, Mono<T>> work) {
        return Mono.deferContextual(context -> {
            refuseNesting(context.hasKey(Lease.class));
            return Mono.usingWhen(
                            acquire(pool),
                            connection -> inTransaction(new Lease(connection), connection, purpose, work),
                            Connection::close)
                    .onErrorMap(DatabaseFailure::translated);
        });
    }

    <T> Flux<T> runMany(ConnectionPool pool, TransactionFor purpose, Function<DatabaseClient, Flux<T>> work) {
        return Flux.deferContextual(context -> {
            refuseNesting(context.hasKey(Lease.class));
            return Flux.usingWhen(
                            acquire(pool),
                            connection -> manyInTransaction(new Lease(connection), connection, purpose, work),
                            Connection::close)
                    .onErrorMap(DatabaseFailure::translated);
        });
    }

    private <T> Mono<T> inTransaction(
            Lease lease, Connection connection, TransactionFor purpose, Function<DatabaseClient, Mono<T>> work) {
        return open(connection, purpose)
                .then(Mono.defer(() -> work.apply(client)))
                .contextWrite(context -> context.put(Lease.class, lease))
                .map(Optional::of)
                .defaultIfEmpty(Optional.empty())
                .delayUntil(result -> commit(lease, connection))
                .flatMap(Mono::justOrEmpty)
                .doFinally(end -> lease.end());
    }

    private <T> Flux<T> manyInTransaction(
            Lease lease, Connection connection, TransactionFor purpose, Function<DatabaseClient, Flux<T>> work) {
        return open(connection, purpose)
                .thenMany(Flux.defer(() -> work.apply(client)))
                .contextWrite(context -> context.put(Lease.class, lease))
                .concatWith(Mono.defer(() -> commit(lease, connection)).then(Mono.empty()))
                .doFinally(end -> lease.end());
    }

    private Mono<Void> open(Connection connection, TransactionFor purpose) {
        return Mono.from(connection.beginTransaction(purpose)).onErrorMap(R2dbcException.class, this::refusal);
    }

    private Throwable refusal(R2dbcException failed) {
        if (ELSEWHERE.equals(failed.getSqlState())) {
            return new RowsElsewhereException(failed);
        }
        if (UNPROVEN.equals(failed.getSqlState())) {
            unproven.run();
            return DatabaseFailure.away(failed);
        }
        return failed;
    }

    private static Mono<Void> commit(Lease lease, Connection connection) {
        lease.end();
        return Mono.from(connection.commitTransaction());
    }

    private static Mono<Connection> acquire(ConnectionPool pool) {
        return pool.create()
                .onErrorMap(PoolAcquirePendingLimitException.class, DatabaseFailure::busy)
                .onErrorMap(R2dbcTimeoutException.class, DatabaseFailure::busy)
                .onErrorMap(PoolShutdownException.class, DatabaseFailure::away)
                .onErrorMap(R2dbcNonTransientResourceException.class, DatabaseFailure::away)
                .onErrorMap(R2dbcPermissionDeniedException.class, DatabaseFailure::away);
    }

    /// The site refused the tenant: its rows are at another one by now.
    static final class RowsElsewhereException extends IllegalStateException {

        private static final long serialVersionUID = 1L;

        private RowsElsewhereException(R2dbcException cause) {
            super("the tenant's rows have left this site", cause);
        }
    }

    // A second connection taken while the first is held ends in a pool where everybody waits for everybody.
    private static void refuseNesting(boolean nested) {
        if (nested) {
            throw new IllegalStateException("A transaction runs already. Do the work in it, or after it.");
        }
    }

    /// Hands out the connection of the transaction in whose pipeline it is asked.
    private record LeasedConnections(ConnectionFactoryMetadata metadata) implements ConnectionFactory {

        @Override
        public Publisher<? extends Connection> create() {
            return Mono.deferContextual(context -> {
                Lease lease = context.getOrDefault(Lease.class, null);
                return lease == null
                        ? Mono.error(new IllegalStateException("No transaction runs here. Use the client only inside"
                                + " TenantTransaction.in(...) or PlatformTransaction.in(...)."))
                        : Mono.just(lease);
            });
        }

        @Override
        public ConnectionFactoryMetadata getMetadata() {
            return metadata;
        }
    }
}
