package io.weir.r2dbc;

import io.r2dbc.pool.ConnectionPool;
import io.r2dbc.pool.ConnectionPoolConfiguration;
import io.r2dbc.postgresql.PostgresqlConnectionConfiguration;
import io.r2dbc.postgresql.PostgresqlConnectionFactory;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.ConnectionFactoryMetadata;
import java.time.Duration;
import java.util.Map;
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
    private volatile boolean running;

    public PostgresPools(PostgresProperties postgres) {
        this.postgres = postgres;
        this.app = pool(postgres, postgres.app(), "app", postgres.pool().maxSize());
        this.platform =
                pool(postgres, postgres.platform(), "platform", postgres.pool().platformMaxSize());
    }

    /// Transactions of tenants.
    public TenantTransaction tenantTransaction() {
        return new TenantTransaction(app, Admission.open());
    }

    /// Transactions of the platform itself.
    public PlatformTransaction platformTransaction() {
        return new PlatformTransaction(platform);
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
        new IsolationAudit(postgres).run();
        Mono.when(app.warmup(), platform.warmup()).block(postgres.startTimeout());
        running = true;
    }

    @Override
    public void stop() {
        running = false;
        Mono.when(app.disposeLater(), platform.disposeLater()).onErrorComplete().block(CLOSE);
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    private static ConnectionPool pool(
            PostgresProperties postgres, PostgresProperties.Login login, String name, int size) {
        PostgresProperties.Pool limits = postgres.pool();
        return new ConnectionPool(ConnectionPoolConfiguration.builder(new PhysicalConnections(driver(postgres, login)))
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
        PostgresProperties.Pool limits = postgres.pool();
        return new PostgresqlConnectionFactory(PostgresqlConnectionConfiguration.builder()
                .host(postgres.host())
                .port(postgres.port())
                .database(postgres.database())
                .username(login.username())
                .password(login.password())
                .applicationName("weir-" + postgres.database())
                .connectTimeout(limits.connectTimeout())
                .options(Map.of(
                        "statement_timeout", limits.statementTimeout().toMillis() + "ms",
                        "lock_timeout", limits.lockTimeout().toMillis() + "ms",
                        "idle_in_transaction_session_timeout",
                                limits.idleInTransactionTimeout().toMillis() + "ms"))
                .build());
    }

    private record PhysicalConnections(ConnectionFactory driver) implements ConnectionFactory {

        // The pool writes it at every acquisition; the driver's own takes milliseconds.
        @Override
        public String toString() {
            return "PostgreSQL";
        }

        @Override
        public Publisher<? extends Connection> create() {
            return Mono.from(driver.create()).map(PhysicalConnection::new);
        }

        @Override
        public ConnectionFactoryMetadata getMetadata() {
            return driver.getMetadata();
        }
    }
}
