package io.weir.r2dbc.placement;

import io.r2dbc.pool.ConnectionPool;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.r2dbc.PostgresPools;
import io.weir.r2dbc.PostgresProperties;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/// This process's connections to databases other than the service's own: opened when a tenant there is first served,
/// closed when nobody there was for a while. Safe for use by many threads.
public final class SitePools implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(SitePools.class);
    private static final Duration ROUND = Duration.ofMinutes(1);
    private static final Duration RENEWAL = Duration.ofHours(1);

    // Who was handed the pool a moment before it was found unused still finds it open.
    private static final Duration GRACE = Duration.ofSeconds(30);
    private static final Duration CLOSE = Duration.ofSeconds(5);

    private final SiteConnections connections;
    private final SiteMaker maker;
    private final PlacementProperties properties;
    private final ConcurrentHashMap<String, Open> open = new ConcurrentHashMap<>();
    private volatile Disposable rounds = () -> {};
    private volatile boolean running;

    public SitePools(SiteConnections connections, SiteMaker maker, PlacementProperties properties) {
        this.connections = connections;
        this.maker = maker;
        this.properties = properties;
    }

    private static final class Open {
        private final SiteDatabase database;
        private final Mono<ConnectionPool> pool;
        private volatile long used = System.nanoTime();
        private volatile long registered = System.nanoTime();

        Open(SiteDatabase database, Mono<ConnectionPool> pool) {
            this.database = database;
            this.pool = pool;
        }
    }

    /// The pool of the app role there. Fails with a 503 where the database is away.
    Mono<ConnectionPool> pool(SiteDatabase database) {
        return Mono.defer(() -> {
            Open found = open.computeIfAbsent(database.name(), name -> new Open(database, opening(database)));
            found.used = System.nanoTime();
            return found.pool;
        });
    }

    // The site must know this process's proofs before its first transaction there.
    private Mono<ConnectionPool> opening(SiteDatabase database) {
        return Mono.fromCallable(() -> {
                    maker.register(database);
                    LOG.info("Serving tenants at {} from now on", database);
                    return PostgresPools.appPool(sized(database));
                })
                .subscribeOn(Schedulers.boundedElastic())
                .doOnError(failed -> open.remove(database.name()))
                .onErrorMap(SQLException.class, failed -> away(database, failed))
                .cache();
    }

    private PostgresProperties sized(SiteDatabase database) {
        PostgresProperties at = connections.at(database);
        PostgresProperties.Pool pool = at.pool();
        int size = database.kind() == SiteKind.SILO ? properties.siloConnections() : properties.bridgeConnections();
        return at.within(new PostgresProperties.Pool(
                size,
                1,
                pool.maxPending(),
                pool.maxAcquireTime(),
                pool.connectTimeout(),
                pool.statementTimeout(),
                pool.lockTimeout(),
                pool.idleInTransactionTimeout(),
                pool.maxAge()));
    }

    @Override
    public int getPhase() {
        return Integer.MIN_VALUE + 550;
    }

    @Override
    public void start() {
        running = true;
        rounds = Flux.interval(ROUND, Schedulers.boundedElastic())
                .doOnNext(round -> look())
                .onErrorContinue((failed, round) -> LOG.warn("Looking after sites failed", failed))
                .subscribe();
    }

    @Override
    public void stop() {
        running = false;
        rounds.dispose();
        Flux.fromIterable(open.values())
                .flatMap(site -> site.pool.onErrorComplete())
                .flatMap(ConnectionPool::disposeLater)
                .onErrorComplete()
                .blockLast(CLOSE);
        open.clear();
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    private void look() {
        long now = System.nanoTime();
        for (Open site : open.values()) {
            if (now - site.used > properties.unusedPool().toNanos()) {
                close(site);
            } else if (now - site.registered > RENEWAL.toNanos()) {
                renew(site, now);
            }
        }
    }

    private void close(Open site) {
        open.remove(site.database.name(), site);
        LOG.info("Nobody at {} was served for {}: its connections are closed", site.database, properties.unusedPool());
        site.pool
                .delayElement(GRACE)
                .flatMap(ConnectionPool::disposeLater)
                .subscribe(closed -> {}, failed -> LOG.warn("Closing {} failed", site.database, failed));
    }

    private void renew(Open site, long now) {
        try {
            maker.register(site.database);
            site.registered = now;
        } catch (SQLException failed) {
            LOG.error(
                    "The proof key could not be renewed at {}; without that, its tenants' transactions fail within a"
                            + " day",
                    site.database,
                    failed);
        }
    }

    private static PlatformException away(SiteDatabase database, Throwable failed) {
        LOG.warn("Database {} cannot be reached: {}", database, failed.toString());
        return new PlatformException(
                ProblemType.SERVICE_UNAVAILABLE,
                "The tenant's database cannot be reached. Try again in a moment.",
                failed);
    }
}
