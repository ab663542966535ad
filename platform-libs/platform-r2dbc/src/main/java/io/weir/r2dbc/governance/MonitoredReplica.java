package io.weir.r2dbc.governance;

import io.r2dbc.pool.ConnectionPool;
import io.r2dbc.spi.Connection;
import io.weir.r2dbc.Column;
import io.weir.r2dbc.PlatformTransaction;
import io.weir.r2dbc.PostgresPools;
import io.weir.r2dbc.PostgresProperties;
import io.weir.r2dbc.ReadReplica;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// A replica and how far behind it is at most. Each second the primary's position in its log is noted; the replica is
/// known to be as fresh as the last position that it has replayed. So no clock is compared with another machine's, a
/// primary that rests makes no lag, and a replica that is away, or of which nothing is heard, is out after `maxLag`.
public final class MonitoredReplica implements ReadReplica, SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(MonitoredReplica.class);
    private static final Duration PERIOD = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final Duration CLOSE = Duration.ofSeconds(5);
    private static final int NOTED = 300;
    private static final String AT_PRIMARY = "SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn";
    private static final String AT_REPLICA = "SELECT CASE WHEN pg_is_in_recovery()"
            + " THEN coalesce(pg_last_wal_replay_lsn(), '0/0'::pg_lsn) - '0/0'::pg_lsn ELSE -1 END";

    private final PlatformTransaction primary;
    private final ConnectionPool replica;
    private final Duration maxLag;
    private final LongSupplier nanos;
    private final Deque<Position> noted = new ArrayDeque<>();
    private volatile long freshAt;
    private volatile boolean known;
    private volatile boolean inUse;
    private volatile Disposable sampling = Disposables.disposed();

    /// @param host of the replica, which has the same databases and roles
    public MonitoredReplica(
            PostgresProperties postgres, String host, int port, Duration maxLag, PlatformTransaction primary) {
        this.primary = primary;
        this.replica = PostgresPools.appPool(postgres.at(host, port, postgres.database()));
        this.maxLag = maxLag;
        this.nanos = System::nanoTime;
    }

    private record Position(BigDecimal log, long at) {}

    @Override
    public Optional<ConnectionPool> within(Duration lag) {
        Duration tolerated = lag.compareTo(maxLag) < 0 ? lag : maxLag;
        return known && nanos.getAsLong() - freshAt <= tolerated.toNanos() ? Optional.of(replica) : Optional.empty();
    }

    /// How old its data is at most; empty while nothing is known of it.
    Optional<Duration> lag() {
        return known ? Optional.of(Duration.ofNanos(nanos.getAsLong() - freshAt)) : Optional.empty();
    }

    @Override
    public void start() {
        sampling = Flux.interval(PERIOD)
                .onBackpressureDrop()
                .concatMap(second -> sample().timeout(PATIENCE).onErrorResume(this::unheard), 1)
                .subscribe();
    }

    @Override
    public void stop() {
        sampling.dispose();
        known = false;
        replica.disposeLater().onErrorComplete().block(CLOSE);
    }

    @Override
    public boolean isRunning() {
        return !sampling.isDisposed();
    }

    private Mono<Void> sample() {
        return Mono.defer(() -> {
            long began = nanos.getAsLong();
            return primary.in(
                            "how far the replica is behind",
                            client -> client.sql(AT_PRIMARY)
                                    .map(row -> Column.first(row, BigDecimal.class))
                                    .one())
                    .doOnNext(log -> note(new Position(log, began)))
                    .then(replayed())
                    .doOnNext(this::reached)
                    .then();
        });
    }

    private Mono<BigDecimal> replayed() {
        return Mono.usingWhen(
                replica.create(),
                connection -> Flux.from(connection.createStatement(AT_REPLICA).execute())
                        .flatMap(result -> result.map(row -> Column.first(row, BigDecimal.class)))
                        .last(),
                Connection::close);
    }

    private void note(Position position) {
        noted.addLast(position);
        while (noted.size() > NOTED) {
            noted.removeFirst();
        }
    }

    private void reached(BigDecimal log) {
        if (log.signum() < 0) {
            throw new IllegalStateException("the replica is no replica: it is not in recovery");
        }
        while (!noted.isEmpty() && noted.getFirst().log().compareTo(log) <= 0) {
            freshAt = noted.removeFirst().at();
            known = true;
        }
        tell();
    }

    private Mono<Void> unheard(Throwable failure) {
        LOG.debug("Nothing heard of the replica: {}", failure.toString());
        tell();
        return Mono.empty();
    }

    private void tell() {
        boolean usable = within(maxLag).isPresent();
        if (usable != inUse) {
            inUse = usable;
            LOG.info("The replica is {}", usable ? "used for reads that tolerate lag" : "too far behind, or away");
        }
    }
}
