package io.weir.r2dbc;

import io.r2dbc.postgresql.PostgresqlConnectionConfiguration;
import io.r2dbc.postgresql.client.SSLMode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// Whether connections to Postgres are encrypted, and how its certificate is looked at. The same for every role.
///
/// @param rootCertificate PEM file of the authorities that may have signed the server's certificate; null: those that
///     the runtime trusts
public record PostgresTls(
        @DefaultValue("disable") Mode mode, @Nullable Path rootCertificate) {

    static final PostgresTls NONE = new PostgresTls(Mode.DISABLE, null);

    /// As PostgreSQL's own clients call them.
    public enum Mode {
        DISABLE(SSLMode.DISABLE),
        /// Encrypted; whoever answers is believed.
        REQUIRE(SSLMode.REQUIRE),
        /// And its certificate is of a known authority.
        VERIFY_CA(SSLMode.VERIFY_CA),
        /// And it names the host.
        VERIFY_FULL(SSLMode.VERIFY_FULL);

        private final SSLMode driver;

        Mode(SSLMode driver) {
            this.driver = driver;
        }
    }

    /// For the pools' driver.
    void apply(PostgresqlConnectionConfiguration.Builder builder) {
        if (mode == Mode.DISABLE) {
            return;
        }
        builder.sslMode(mode.driver);
        if (rootCertificate != null) {
            builder.sslRootCert(rootCertificate.toString());
        }
    }

    /// For JDBC, to be added to a URL that has parameters already.
    String jdbcParameters() {
        if (mode == Mode.DISABLE) {
            return "";
        }
        String parameters = "&sslmode=" + mode.name().toLowerCase(Locale.ROOT).replace('_', '-');
        if (rootCertificate != null) {
            return parameters + "&sslrootcert=" + URLEncoder.encode(rootCertificate.toString(), StandardCharsets.UTF_8);
        }
        // Without a file this driver would look for one in the home directory.
        return mode == Mode.REQUIRE ? parameters : parameters + "&sslfactory=org.postgresql.ssl.DefaultJavaSSLFactory";
    }
}
