package io.weir.r2dbc;

import io.r2dbc.pool.ConnectionPool;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// A transaction of the platform's own, across tenants: on a pool and a role of its own, which sees rows of those
/// tables only whose policies name it. Each use says why. Safe for use by many threads.
public final class PlatformTransaction {

    private static final Logger LOG = LoggerFactory.getLogger(PlatformTransaction.class);
    private static final TransactionFor PLATFORM = new TransactionFor.ThePlatform();

    private final TransactionRunner runner;
    private final Set<String> seen = ConcurrentHashMap.newKeySet();

    PlatformTransaction(ConnectionPool pool) {
        this.runner = new TransactionRunner(pool);
    }

    /// Runs the work in one transaction and answers after its commit; an error, cancellation or timeout rolls back.
    ///
    /// @param reason why tenants' rows are crossed, a constant of the caller
    public <T> Mono<T> in(String reason, Function<DatabaseClient, Mono<T>> work) {
        return Mono.defer(() -> {
            record(reason);
            return runner.run(PLATFORM, work);
        });
    }

    /// As [#in], for many rows. Rows are passed on before the commit: for reading.
    public <T> Flux<T> inMany(String reason, Function<DatabaseClient, Flux<T>> work) {
        return Flux.defer(() -> {
            record(reason);
            return runner.runMany(PLATFORM, work);
        });
    }

    private void record(String reason) {
        if (seen.add(reason)) {
            LOG.info("Platform transaction, first use: {}", reason);
        } else {
            LOG.debug("Platform transaction: {}", reason);
        }
    }
}
