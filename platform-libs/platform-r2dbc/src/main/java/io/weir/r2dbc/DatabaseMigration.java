package io.weir.r2dbc;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.logging.LoggingInitializationContext;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.StandardEnvironment;

/// A program that migrates the database of the service in whose image it runs, and ends: what a service does when it
/// starts, before the first new one does. May be repeated. Ends with 1 where the database cannot be migrated.
public final class DatabaseMigration {

    private DatabaseMigration() {}

    /// Reads `weir.postgres.*` from the environment.
    public static void main(String... arguments) {
        ConfigurableEnvironment environment = new StandardEnvironment();
        ConfigurationPropertySources.attach(environment);
        startLogging(environment);
        try {
            run(environment);
        } catch (UnusableDatabaseException unusable) {
            fail(unusable);
        }
    }

    static void run(ConfigurableEnvironment environment) {
        PostgresProperties postgres = settings(environment);
        new Migrations(postgres).run();
        System.out.println("Database " + postgres.address() + " is up to date.");
    }

    static PostgresProperties settings(ConfigurableEnvironment environment) {
        return Binder.get(environment)
                .bind("weir.postgres", PostgresProperties.class)
                .orElseThrow(() -> new IllegalStateException("weir.postgres.* is not set"));
    }

    static void startLogging(ConfigurableEnvironment environment) {
        LoggingSystem logging = LoggingSystem.get(DatabaseMigration.class.getClassLoader());
        logging.beforeInitialize();
        logging.initialize(new LoggingInitializationContext(environment), null, null);
    }

    static void fail(Exception failed) {
        System.err.println(failed.getMessage());
        if (failed.getCause() != null) {
            System.err.println("Cause: " + failed.getCause());
        }
        System.exit(1);
    }
}
