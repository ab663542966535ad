package io.weir.r2dbc;

import io.weir.r2dbc.migration.MigrationFailedException;
import io.weir.r2dbc.migration.MigrationOptions;
import io.weir.r2dbc.migration.MigrationRunner;
import io.weir.r2dbc.migration.MigrationTarget;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings the schema up to date, as the owner role; the contract phase only when an operator says so. Waits for a
/// database that is away; anything else fails at once.
/// Migrations may use the placeholders of [DatabaseRoles#placeholders].
final class Migrations {

    private static final Logger LOG = LoggerFactory.getLogger(Migrations.class);
    private static final Duration PAUSE = Duration.ofMillis(500);
    private static final String HISTORY = "schema_history";

    private final PostgresProperties postgres;

    Migrations(PostgresProperties postgres) {
        this.postgres = postgres;
    }

    /// Blocks. Throws [UnusableDatabaseException].
    void run() {
        awaitDatabase();
        DatabaseRoles roles = new DatabaseRoles(postgres.database());
        try {
            new MigrationRunner(MigrationOptions.defaults(), new SecureRandom())
                    .run(new MigrationTarget(
                            "home/registry",
                            "",
                            postgres.jdbcUrl(),
                            postgres.migrator().username(),
                            postgres.migrator().password(),
                            roles.owner(),
                            Site.PUBLIC,
                            "db/migration",
                            HISTORY,
                            roles.placeholders()));
            hideHistory(roles);
            placed(roles);
        } catch (MigrationFailedException | SQLException failed) {
            throw new UnusableDatabaseException(
                    "The migrations of database " + postgres.address() + " failed.",
                    "Read the cause below; a failed migration was rolled back, so correct it and start again.",
                    failed);
        }
    }

    private void placed(DatabaseRoles roles) {
        if (PlacedMigrations.exist()) {
            PlacedMigrations placed = new PlacedMigrations(postgres, roles);
            placed.prepareHome();
            placed.run(Site.PUBLIC);
        }
    }

    private void hideHistory(DatabaseRoles roles) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute("SET ROLE " + roles.owner());
            statement.execute(SitePreparation.inTurn(
                    "REVOKE ALL ON " + HISTORY + " FROM " + roles.app() + ", " + roles.platform()));
        }
    }

    private void awaitDatabase() {
        long deadline = System.nanoTime() + postgres.startTimeout().toNanos();
        while (true) {
            try (Connection connection = connect()) {
                if (connection.isValid(5)) {
                    return;
                }
            } catch (SQLException failed) {
                refuseWhatWaitingDoesNotMend(failed);
                if (System.nanoTime() - deadline > 0) {
                    throw new UnusableDatabaseException(
                            "Database " + postgres.address() + " did not answer within " + postgres.startTimeout()
                                    + ".",
                            "Start it, or correct weir.postgres.host and weir.postgres.port.",
                            failed);
                }
                LOG.warn("Database {} does not answer yet: {}", postgres.address(), failed.getMessage());
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(PAUSE.toMillis()));
        }
    }

    private void refuseWhatWaitingDoesNotMend(SQLException failed) {
        String state = String.valueOf(failed.getSQLState());
        if (state.startsWith("28")) {
            throw new UnusableDatabaseException(
                    "Database " + postgres.address() + " refuses "
                            + postgres.migrator().username() + ".",
                    "Correct weir.postgres.migrator.username and .password.",
                    failed);
        }
        if (state.equals("3D000")) {
            throw new UnusableDatabaseException(
                    "There is no database " + postgres.address() + ".",
                    "Create it and its roles first (DatabaseBootstrap does).",
                    failed);
        }
    }

    private Connection connect() throws SQLException {
        return DriverManager.getConnection(
                postgres.jdbcUrl(),
                postgres.migrator().username(),
                postgres.migrator().password());
    }
}
