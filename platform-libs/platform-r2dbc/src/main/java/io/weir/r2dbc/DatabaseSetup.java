package io.weir.r2dbc;

import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.StandardEnvironment;

/// A program that makes a service's database and roles, as the cluster's superuser, and ends. May be repeated: what is
/// there stays, and roles get the passwords of the environment. Ends with 1 where the cluster refuses.
public final class DatabaseSetup {

    private static final int PATIENCE_MS = 2_000;

    private DatabaseSetup() {}

    /// Reads `weir.postgres.*` from the environment, the superuser's login among it.
    public static void main(String... arguments) throws InterruptedException {
        ConfigurableEnvironment environment = new StandardEnvironment();
        ConfigurationPropertySources.attach(environment);
        DatabaseMigration.startLogging(environment);
        try {
            run(environment);
        } catch (SQLException refused) {
            DatabaseMigration.fail(new IllegalStateException("The database could not be made.", refused));
        }
    }

    static void run(ConfigurableEnvironment environment) throws SQLException, InterruptedException {
        PostgresProperties postgres = DatabaseMigration.settings(environment);
        createWithin(
                postgres,
                environment.getRequiredProperty("weir.postgres.superuser.username"),
                environment.getRequiredProperty("weir.postgres.superuser.password"));
        System.out.println("Database " + postgres.address() + " and its roles are there.");
    }

    private static void createWithin(PostgresProperties postgres, String superuser, String password)
            throws SQLException, InterruptedException {
        long deadline = System.nanoTime() + postgres.startTimeout().toNanos();
        while (true) {
            try {
                DatabaseBootstrap.create(
                        postgres.at(postgres.host(), postgres.port(), "postgres")
                                .jdbcUrl(),
                        superuser,
                        password,
                        postgres.database(),
                        passwords(postgres));
                return;
            } catch (SQLException failed) {
                boolean unreachable = String.valueOf(failed.getSQLState()).startsWith("08");
                if (!unreachable || System.nanoTime() - deadline > 0) {
                    throw failed;
                }
            }
            Thread.sleep(PATIENCE_MS);
        }
    }

    private static Map<String, String> passwords(PostgresProperties postgres) {
        Map<String, String> passwords = new LinkedHashMap<>();
        add("app", postgres.app(), passwords);
        add("platform", postgres.platform(), passwords);
        add("migrator", postgres.migrator(), passwords);
        add("mover", postgres.mover(), passwords);
        add("provisioner", postgres.provisioner(), passwords);
        return passwords;
    }

    private static void add(String role, PostgresProperties.@Nullable Login login, Map<String, String> passwords) {
        if (login != null) {
            passwords.put(role, login.password());
        }
    }
}
