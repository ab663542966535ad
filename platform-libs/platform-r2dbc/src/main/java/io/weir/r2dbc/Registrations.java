package io.weir.r2dbc;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps the proof key registered at the service's own database: at start, hourly, and when the database says that it
/// does not know the key (it was restored from a backup, or the key was removed to lock this process out of it).
/// Each time it also looks at how the database keeps tenants apart.
final class Registrations {

    private static final Logger LOG = LoggerFactory.getLogger(Registrations.class);
    private static final Duration RENEWAL = Duration.ofHours(1);
    private static final Duration AFTER_FAILURE = Duration.ofMinutes(1);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final PostgresProperties postgres;
    private final ProofKey key;
    private final IsolationWatch watch;

    // At most one request waits: a second one would be answered by the first one's renewal.
    private final BlockingQueue<Boolean> requests = new ArrayBlockingQueue<>(1);
    private volatile @Nullable Thread thread;

    Registrations(PostgresProperties postgres, ProofKey key, IsolationWatch watch) {
        this.postgres = postgres;
        this.key = key;
        this.watch = watch;
    }

    /// Blocks until the key is registered. Throws [UnusableDatabaseException].
    void start() {
        try {
            register();
        } catch (SQLException failed) {
            throw new UnusableDatabaseException(
                    "Database " + postgres.address() + " does not take this process's proof key.",
                    "Prepare it with this version's DatabaseBootstrap, and let the migrator become the owner.",
                    failed);
        }
        thread = Thread.ofVirtual().name("proof-key-renewal").start(this::keepRenewed);
    }

    /// Asks for a renewal and returns at once.
    void renew() {
        boolean accepted = requests.offer(true);
        LOG.debug("Renewal of the proof key asked for; {}", accepted ? "it follows" : "it is under way");
    }

    void stop() {
        Thread running = thread;
        if (running != null) {
            running.interrupt();
        }
    }

    private void keepRenewed() {
        Duration pause = RENEWAL;
        try {
            while (true) {
                Boolean asked = requests.poll(pause.toMillis(), TimeUnit.MILLISECONDS);
                pause = renewed(asked != null) && looked() ? RENEWAL : AFTER_FAILURE;
                // However often the database complains: no more than one registration a second.
                TimeUnit.MILLISECONDS.sleep(PAUSE.toMillis());
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean renewed(boolean asked) {
        try {
            register();
            if (asked) {
                LOG.warn("The database did not know this process's proof key; it was registered again");
            }
            return true;
        } catch (SQLException failed) {
            LOG.error(
                    "The proof key could not be renewed at {}; without that, tenants' transactions fail within a day",
                    postgres.address(),
                    failed);
            return false;
        }
    }

    private boolean looked() {
        try {
            watch.again();
            return true;
        } catch (UnusableDatabaseException failed) {
            LOG.error("How database {} keeps tenants apart could not be looked at", postgres.address(), failed);
            return false;
        }
    }

    private void register() throws SQLException {
        try (Connection connection = DriverManager.getConnection(
                postgres.jdbcUrl(),
                postgres.migrator().username(),
                postgres.migrator().password())) {
            key.makeKnown(connection, new DatabaseRoles(postgres.database()));
        }
    }
}
