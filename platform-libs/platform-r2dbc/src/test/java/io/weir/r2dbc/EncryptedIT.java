package io.weir.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/// A server that takes encrypted connections alone, and the programs that make and migrate a database there, told what
/// the Helm chart tells them.
class EncryptedIT {

    private static final String DATABASE = "encrypted";
    private static final String SECRET = "changeit";

    private static PrivatePostgres postgres;

    @TempDir
    static Path directory;

    @BeforeAll
    static void start() throws Exception {
        postgres = PrivatePostgres.start(directory.resolve("server"));
        certificate(
                "server", postgres.data().resolve("server.crt"), postgres.data().resolve("server.key"));
        certificate("other", directory.resolve("other.crt"), directory.resolve("other.key"));
        try (Connection connection = postgres.superuser("postgres");
                Statement statement = connection.createStatement()) {
            statement.execute("ALTER SYSTEM SET ssl = on");
        }
        Files.writeString(postgres.data().resolve("pg_hba.conf"), "hostssl all all 127.0.0.1/32 scram-sha-256\n");
        postgres.stop();
        postgres.resume();
        DatabaseSetup.run(environment("require", null));
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    @Test
    void whoAsksForNoEncryptionIsRefusedByThatServer() {
        PostgresProperties open = DatabaseMigration.settings(environment("disable", null));
        assertThatThrownBy(() -> new PostgresPools(open).start()).hasStackTraceContaining("no encryption");
    }

    @Test
    void migrationsAndPoolsAreEncryptedAndTheServersNameIsLookedAt() throws SQLException {
        StandardEnvironment environment =
                environment("verify-full", postgres.data().resolve("server.crt"));
        DatabaseMigration.run(environment);
        DatabaseMigration.run(environment);
        PostgresPools pools = new PostgresPools(DatabaseMigration.settings(environment));
        pools.start();
        try {
            assertThat(encryptedSessionsOf(DATABASE + "_app")).isPositive();
        } finally {
            pools.stop();
        }
    }

    @Test
    void aCertificateOfSomebodyElsesIsRefused() {
        StandardEnvironment environment = environment("verify-ca", directory.resolve("other.crt"));
        PostgresProperties wary = DatabaseMigration.settings(environment);
        assertThatThrownBy(() -> DriverManager.getConnection(
                        wary.jdbcUrl(),
                        wary.migrator().username(),
                        wary.migrator().password()))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("SSL");
        assertThatThrownBy(() -> PostgresPools.appPool(wary).create().block(Duration.ofSeconds(20)))
                .hasStackTraceContaining("PKIX");
    }

    private static long encryptedSessionsOf(String role) throws SQLException {
        PostgresProperties settings = DatabaseMigration.settings(environment("require", null));
        try (Connection connection =
                        DriverManager.getConnection(settings.jdbcUrl(), "postgres", PrivatePostgres.PASSWORD);
                Statement statement = connection.createStatement();
                ResultSet rows =
                        statement.executeQuery("SELECT count(*) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)"
                                + " WHERE ssl AND usename = '" + role + "'")) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private static StandardEnvironment environment(String mode, @Nullable Path root) {
        Map<String, Object> variables = new HashMap<>();
        variables.put("WEIR_POSTGRES_HOST", "127.0.0.1");
        variables.put("WEIR_POSTGRES_PORT", Integer.toString(postgres.port()));
        variables.put("WEIR_POSTGRES_DATABASE", DATABASE);
        for (String role : new String[] {"app", "platform", "migrator", "mover", "provisioner"}) {
            String variable = "WEIR_POSTGRES_" + role.toUpperCase(Locale.ROOT);
            variables.put(variable + "_USERNAME", DATABASE + "_" + role);
            variables.put(variable + "_PASSWORD", "secret-" + role);
        }
        variables.put("WEIR_POSTGRES_SUPERUSER_USERNAME", "postgres");
        variables.put("WEIR_POSTGRES_SUPERUSER_PASSWORD", PrivatePostgres.PASSWORD);
        variables.put("WEIR_POSTGRES_STARTTIMEOUT", "20s");
        variables.put("WEIR_POSTGRES_TLS_MODE", mode);
        if (root != null) {
            variables.put("WEIR_POSTGRES_TLS_ROOTCERTIFICATE", root.toString());
        }
        StandardEnvironment environment = new StandardEnvironment();
        String name = StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME;
        environment.getPropertySources().replace(name, new SystemEnvironmentPropertySource(name, variables));
        ConfigurationPropertySources.attach(environment);
        return environment;
    }

    /// A certificate that its own key signed, and the key.
    private static void certificate(String alias, Path certificate, Path key)
            throws IOException, InterruptedException, GeneralSecurityException {
        Path store = directory.resolve(alias + ".p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        alias,
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=" + alias,
                        "-ext",
                        "san=ip:127.0.0.1",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        SECRET)
                .redirectErrorStream(true)
                .start();
        String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(keytool.waitFor()).as(said).isZero();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, SECRET.toCharArray());
        }
        Files.writeString(
                certificate, pem("CERTIFICATE", keys.getCertificate(alias).getEncoded()));
        Files.createFile(key, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(
                key, pem("PRIVATE KEY", keys.getKey(alias, SECRET.toCharArray()).getEncoded()));
    }

    private static String pem(String label, byte[] der) {
        return "-----BEGIN " + label + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der) + "\n-----END " + label + "-----\n";
    }
}
