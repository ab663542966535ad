package io.weir.r2dbc;

import io.weir.r2dbc.migration.MigrationFailedException;
import io.weir.r2dbc.migration.MigrationOptions;
import io.weir.r2dbc.migration.MigrationRunner;
import io.weir.r2dbc.migration.MigrationTarget;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

/// The migrations of placed tables, `db/placed`, which run wherever placed rows can be: in the service's own database,
/// in each tenant's schema, in each tenant's database. They name tables without a schema, and may use the placeholders
/// of [DatabaseRoles#placeholders].
public final class PlacedMigrations {

    private static final String LOCATION = "db/placed";
    private static final String HISTORY = "placed_history";
    private static final String FUNCTIONS = "tenant";
    private static final String OURS = "classpath:io/weir/r2dbc/placement/";

    private final PostgresProperties postgres;
    private final DatabaseRoles roles;

    /// @param database where they run
    /// @param roles of the service
    public PlacedMigrations(PostgresProperties database, DatabaseRoles roles) {
        this.postgres = database;
        this.roles = roles;
    }

    /// Whether this service has placed tables at all.
    public static boolean exist() {
        try {
            return new PathMatchingResourcePatternResolver().getResources("classpath*:" + LOCATION + "/*.sql").length
                    > 0;
        } catch (IOException failed) {
            throw new UncheckedIOException("the class path cannot be read", failed);
        }
    }

    /// What the service's own database needs beyond its placed tables: the registry of placements. Blocks.
    public void prepareHome() {
        prepareDatabase();
        migrate(OURS + "home", FUNCTIONS, "placement_history");
    }

    /// What every database with placed rows needs once. Blocks. Throws [UnusableDatabaseException].
    public void prepareDatabase() {
        migrate(OURS + "site", FUNCTIONS, "placement_site_history");
    }

    /// Brings the placed tables of a schema up to date. Blocks. Throws [UnusableDatabaseException].
    public void run(String schema) {
        try {
            new MigrationRunner(MigrationOptions.defaults(), new SecureRandom())
                    .run(new MigrationTarget(
                            postgres.database() + "/" + schema,
                            "",
                            postgres.jdbcUrl(),
                            postgres.migrator().username(),
                            postgres.migrator().password(),
                            roles.owner(),
                            schema,
                            LOCATION,
                            HISTORY,
                            roles.placeholders()));
        } catch (MigrationFailedException failed) {
            throw failed(LOCATION, schema, failed);
        }
        hideHistory(schema);
    }

    private void hideHistory(String schema) {
        String history = '"' + SitePreparation.demandName(schema) + "\"." + HISTORY;
        try (Connection connection = DriverManager.getConnection(
                        postgres.jdbcUrl(),
                        postgres.migrator().username(),
                        postgres.migrator().password());
                Statement statement = connection.createStatement()) {
            statement.execute("SET ROLE " + roles.owner());
            statement.execute(SitePreparation.inTurn(
                    "REVOKE ALL ON " + history + " FROM " + roles.app() + ", " + roles.platform()));
        } catch (SQLException failed) {
            throw failed(LOCATION, schema, failed);
        }
    }

    private void migrate(String location, String schema, String history) {
        try {
            Flyway.configure()
                    .dataSource(
                            postgres.jdbcUrl(),
                            postgres.migrator().username(),
                            postgres.migrator().password())
                    .initSql("SET ROLE " + roles.owner() + "; SET lock_timeout = '5s'")
                    .locations(location)
                    .defaultSchema(schema)
                    .createSchemas(false)
                    .placeholders(roles.placeholders())
                    .table(history)
                    // The schema holds tables already: those of the registry, or those of an earlier start.
                    .baselineOnMigrate(true)
                    .baselineVersion("0")
                    .validateMigrationNaming(true)
                    .load()
                    .migrate();
        } catch (FlywayException failed) {
            throw failed(location, schema, failed);
        }
    }

    private UnusableDatabaseException failed(String location, String schema, Exception cause) {
        return new UnusableDatabaseException(
                "The migrations of " + location + " failed in schema " + schema + " of database " + postgres.address()
                        + ".",
                "Read the cause below; a failed migration was rolled back, so correct it and start again.",
                cause);
    }
}
