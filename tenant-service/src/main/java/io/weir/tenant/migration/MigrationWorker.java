package io.weir.tenant.migration;

import io.weir.r2dbc.PostgresProperties;
import io.weir.r2dbc.migration.FleetDriver;
import io.weir.r2dbc.migration.MigrationOptions;
import io.weir.r2dbc.migration.SiteCatalogue;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/// Drives migrations on a thread of its own. Of all processes one drives: it holds a lock on a connection, which ends
/// with the process, so that after a kill another goes on within seconds.
@Component
final class MigrationWorker implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(MigrationWorker.class);
    private static final Duration LOOK = Duration.ofSeconds(5);
    private static final Duration WAIT = Duration.ofSeconds(10);
    private static final long LOCK = 0x77656972_6d696772L;

    private final PostgresProperties postgres;
    private final MigrationStore store;
    private final FleetDriver driver;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("fleet-migration").factory());
    private volatile boolean running;
    private @Nullable ScheduledFuture<?> rounds;

    MigrationWorker(
            PostgresProperties postgres, MigrationStore store, SiteCatalogue catalogue, RandomGenerator random) {
        this.postgres = postgres;
        this.store = store;
        this.driver = new FleetDriver(catalogue, new StoredJournal(store), random, MigrationOptions.defaults());
    }

    /// Looks at once for something to drive.
    void wake() {
        thread.execute(this::look);
    }

    @Override
    public void start() {
        running = true;
        rounds = thread.scheduleWithFixedDelay(this::look, LOOK.toMillis(), LOOK.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void stop() {
        running = false;
        if (rounds != null) {
            rounds.cancel(false);
        }
        thread.shutdown();
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    private void look() {
        try {
            List<UUID> found = store.running().block(WAIT);
            if (running && found != null && !found.isEmpty()) {
                driveIfNobodyDoes(found);
            }
        } catch (RuntimeException | SQLException failed) {
            LOG.warn("Migrations cannot go on for now, and are tried again: {}", failed.toString());
        }
    }

    private void driveIfNobodyDoes(List<UUID> migrations) throws SQLException {
        PostgresProperties.Login platform = postgres.platform();
        try (Connection connection =
                        DriverManager.getConnection(postgres.jdbcUrl(), platform.username(), platform.password());
                PreparedStatement lock = connection.prepareStatement("SELECT pg_try_advisory_lock(?)")) {
            lock.setLong(1, LOCK);
            try (ResultSet answer = lock.executeQuery()) {
                if (!answer.next() || !answer.getBoolean(1)) {
                    return;
                }
            }
            migrations.forEach(migration -> driver.drive(migration, () -> !running));
        }
    }
}
