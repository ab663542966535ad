package io.weir.r2dbc;

import io.r2dbc.pool.ConnectionPool;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// A transaction of the platform's own, across tenants: on a pool and a role of its own, which sees rows of those
/// tables only whose policies name it. Each use says why, is counted, and is told to [PlatformScopeListener]s. Safe for
/// use by many threads.
public final class PlatformTransaction {

    private static final Logger LOG = LoggerFactory.getLogger(PlatformTransaction.class);
    private static final long SECONDS_OF_AN_HOUR = 3_600;
    private static final TransactionFor PLATFORM = new TransactionFor.ThePlatform();

    private final TransactionRunner runner;
    private final ConnectionPool pool;
    private final InstantSource clock;
    private final Supplier<List<PlatformScopeListener>> listeners;

    // By reason: the hour of its last use, since 1970.
    private final Map<String, Long> hours = new ConcurrentHashMap<>();

    /// @param listeners asked for at each use, because they may need this very object
    PlatformTransaction(
            TransactionRunner runner,
            ConnectionPool pool,
            InstantSource clock,
            Supplier<List<PlatformScopeListener>> listeners) {
        this.runner = runner;
        this.pool = pool;
        this.clock = clock;
        this.listeners = listeners;
    }

    /// Runs the work in one transaction and answers after its commit; an error, cancellation or timeout rolls back.
    ///
    /// @param reason why tenants' rows are crossed, a constant of the caller
    public <T> Mono<T> in(String reason, Function<DatabaseClient, Mono<T>> work) {
        return Mono.defer(() -> {
            record(reason);
            return runner.run(pool, PLATFORM, work);
        });
    }

    /// As [#in], for many rows. Rows are passed on before the commit: for reading.
    public <T> Flux<T> inMany(String reason, Function<DatabaseClient, Flux<T>> work) {
        return Flux.defer(() -> {
            record(reason);
            return runner.runMany(pool, PLATFORM, work);
        });
    }

    private void record(String reason) {
        Long hour = clock.instant().getEpochSecond() / SECONDS_OF_AN_HOUR;
        Long last = hours.put(reason, hour);
        List<PlatformScopeListener> told = listeners.get();
        told.forEach(listener -> listener.used(reason));
        if (hour.equals(last)) {
            return;
        }
        if (last == null) {
            LOG.info("Platform transaction, first use: {}", reason);
        }
        told.forEach(listener -> listener.firstUseOfTheHour(reason));
    }
}
