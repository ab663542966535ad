package io.weir.r2dbc;

import io.r2dbc.pool.ConnectionPool;
import io.r2dbc.pool.ConnectionPoolConfiguration;
import io.r2dbc.postgresql.PostgresqlConnectionConfiguration;
import io.r2dbc.postgresql.PostgresqlConnectionFactory;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.ConnectionFactoryMetadata;
import io.weir.r2dbc.isolation.Finding;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.reactivestreams.Publisher;
import org.springframework.context.SmartLifecycle;
import reactor.core.publisher.Mono;

/// The database at start and while it is used: migrated, audited, then two pools, one for each role. Nothing touches
/// the database before the application's lifecycle starts.
public final class PostgresPools implements SmartLifecycle {

    private static final Duration CLOSE = Duration.ofSeconds(5);

    private final PostgresProperties postgres;
    private final ConnectionPool app;
    private final ConnectionPool platform;
    private final IsolationWatch watch;
    private final ProofKey key;
    private final Registrations registrations;
    private final TransactionRunner runner;
    private volatile boolean running;

    public PostgresPools(PostgresProperties postgres) {
        this.postgres = postgres;
        this.app = appPool(postgres);
        this.platform =
                pool(postgres, postgres.platform(), "platform", postgres.pool().platformMaxSize());
        this.watch = new IsolationWatch(postgres);
        this.key = new ProofKey(Clock.systemUTC(), new SecureRandom(), watch);
        this.registrations = new Registrations(postgres, key, watch);
        this.runner = new TransactionRunner(app.getMetadata(), registrations::renew);
    }

    /// Transactions of tenants whose placed rows are all at home.
    public TenantTransaction tenantTransaction() {
        return tenantTransaction(Admission.open());
    }

    /// As [#tenantTransaction()], admitted by that.
    public TenantTransaction tenantTransaction(Admission admission) {
        return tenantTransaction(admission, Sites.only(home()), TransactionLimits.none());
    }

    /// Transactions of tenants, at the sites where their placed rows are.
    public TenantTransaction tenantTransaction(Admission admission, Sites sites, TransactionLimits limits) {
        return tenantTransaction(admission, sites, limits, ReadReplica.none());
    }

    /// As [#tenantTransaction(Admission, Sites, TransactionLimits)], with a replica for reads that tolerate lag.
    public TenantTransaction tenantTransaction(
            Admission admission, Sites sites, TransactionLimits limits, ReadReplica replica) {
        return new TenantTransaction(runner, home(), key, admission, sites, limits, replica);
    }

    /// Transactions of the platform itself.
    public PlatformTransaction platformTransaction() {
        return platformTransaction(List::of);
    }

    /// As [#platformTransaction()], telling those of each use.
    public PlatformTransaction platformTransaction(Supplier<List<PlatformScopeListener>> listeners) {
        return platformTransaction(Clock.systemUTC(), listeners);
    }

    PlatformTransaction platformTransaction(InstantSource clock, Supplier<List<PlatformScopeListener>> listeners) {
        return new PlatformTransaction(runner, platform, clock, listeners);
    }

    /// The service's own database.
    public Site home() {
        return new Site(Site.HOME, app, Site.PUBLIC);
    }

    /// What is known to be wrong with how databases keep tenants apart, after a look at most an hour ago.
    public List<Finding> findings() {
        return watch.findings();
    }

    /// What every further site must know before this process can use it; renew it there within a day.
    public ProofKey proofKey() {
        return key;
    }

    /// A pool of the app role's connections for use in a [Site]. It opens no connection by itself; its maker closes it.
    public static ConnectionPool appPool(PostgresProperties postgres) {
        return pool(postgres, postgres.app(), "app", postgres.pool().maxSize());
    }

    // Before everything that reads or writes.
    @Override
    public int getPhase() {
        return Integer.MIN_VALUE + 500;
    }

    /// Blocks until the schema is current, audited, and connections are open.
    /// Throws [UnusableDatabaseException] when the service must not start.
    @Override
    public void start() {
        new Migrations(postgres).run();
        watch.beforeStart();
        registrations.start();
        Mono.when(app.warmup(), platform.warmup()).block(postgres.startTimeout());
        running = true;
    }

    @Override
    public void stop() {
        running = false;
        registrations.stop();
        Mono.when(app.disposeLater(), platform.disposeLater()).onErrorComplete().block(CLOSE);
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    private static ConnectionPool pool(
            PostgresProperties postgres, PostgresProperties.Login login, String name, int size) {
        PostgresProperties.Pool limits = postgres.pool();
        return new ConnectionPool(ConnectionPoolConfiguration.builder(
                        new PhysicalConnections(driver(postgres, login), eachTime(postgres)))
                .name(name)
                .initialSize(size)
                .maxSize(size)
                .maxAcquireTime(limits.maxAcquireTime())
                .maxCreateConnectionTime(limits.connectTimeout())
                .maxLifeTime(limits.maxAge())
                .acquireRetry(0)
                .preRelease(PhysicalConnection::beforeRelease)
                .customizer(builder -> builder.maxPendingAcquire(limits.maxPending()))
                .build());
    }

    private static PostgresqlConnectionFactory driver(PostgresProperties postgres, PostgresProperties.Login login) {
        Pooler pooler = postgres.pooler();
        PostgresqlConnectionConfiguration.Builder driver = PostgresqlConnectionConfiguration.builder()
                .host(pooler.isThere() && pooler.host() != null ? pooler.host() : postgres.host())
                .port(pooler.isThere() && pooler.port() != null ? pooler.port() : postgres.port())
                .database(postgres.database())
                .username(login.username())
                .password(login.password())
                .applicationName("weir-" + postgres.database())
                .connectTimeout(postgres.pool().connectTimeout());
        postgres.tls().apply(driver);
        // A pooler refuses options, and what was prepared on one of its connections is not there on the next.
        return new PostgresqlConnectionFactory(
                pooler.isThere()
                        ? driver.preparedStatementCacheQueries(0).build()
                        : driver.options(settings(postgres.pool())).build());
    }

    private static Map<String, String> settings(PostgresProperties.Pool limits) {
        return Map.of(
                "statement_timeout", limits.statementTimeout().toMillis() + "ms",
                "lock_timeout", limits.lockTimeout().toMillis() + "ms",
                "idle_in_transaction_session_timeout",
                        limits.idleInTransactionTimeout().toMillis() + "ms",
                // One tenant's statement has one process of the server's, never its neighbours' as well.
                "max_parallel_workers_per_gather", "0");
    }

    private static String eachTime(PostgresProperties postgres) {
        if (!postgres.pooler().isThere()) {
            return "";
        }
        return settings(postgres.pool()).entrySet().stream()
                .map(setting -> "SET LOCAL " + setting.getKey() + " = '" + setting.getValue() + "'; ")
                .sorted()
                .collect(Collectors.joining());
    }

    private record PhysicalConnections(ConnectionFactory driver, String settings) implements ConnectionFactory {

        // The pool writes it at every acquisition; the driver's own takes milliseconds.
        @Override
        public String toString() {
            return "PostgreSQL";
        }

        @Override
        public Publisher<? extends Connection> create() {
            return Mono.from(driver.create()).map(connection -> new PhysicalConnection(connection, settings));
        }

        @Override
        public ConnectionFactoryMetadata getMetadata() {
            return driver.getMetadata();
        }
    }
}
