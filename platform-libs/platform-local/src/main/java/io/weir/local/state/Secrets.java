package io.weir.local.state;

import io.weir.security.ApiKey;
import io.weir.security.KeyPairFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/// The secrets of one local platform, made when first asked for and kept. Each is a file of mode 0600.
public final class Secrets {

    private static final int RANDOM_BYTES = 24;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Path directory;

    public Secrets(Layout layout) {
        this.directory = PrivateFiles.directory(layout.secrets());
    }

    /// The file with the password of Postgres's superuser.
    public Path postgresSuperuser() {
        return randomSecret("postgres-superuser");
    }

    public String rolePassword(String role) {
        return PrivateFiles.read(randomSecret("postgres-" + role)).strip();
    }

    /// The file with the password of ClickHouse's user.
    public Path clickhouse() {
        return randomSecret("clickhouse");
    }

    /// The file with the pepper of the API keys.
    public Path pepper() {
        return randomSecret("pepper");
    }

    /// The file with the platform administrator's API key.
    public Path adminKey() {
        Path file = directory.resolve("admin-api-key");
        if (!Files.exists(file)) {
            PrivateFiles.write(file, ApiKey.generate(ApiKey.Mode.LIVE, RANDOM).reveal());
        }
        return file;
    }

    /// The file with the key that billing-service shows to the Stripe simulator.
    public Path stripeApiKey() {
        return randomSecret("stripe-api-key", "sk_test_");
    }

    /// The file with the secret that signs the Stripe simulator's webhooks.
    public Path stripeWebhookSecret() {
        return randomSecret("stripe-webhook-secret", "whsec_");
    }

    /// The private key of a service, whose public half lies in [#trustedKeys].
    public Path signingKey(String service) {
        Path keys = PrivateFiles.directory(directory.resolve("signing-keys"));
        try {
            List<Path> own = new ArrayList<>();
            try (DirectoryStream<Path> found = Files.newDirectoryStream(keys, service + ".*.pem")) {
                found.forEach(own::add);
            }
            return own.isEmpty() ? KeyPairFiles.generate(service, keys, trustedKeys()) : own.getFirst();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make the signing key of " + service + " in " + keys, e);
        }
    }

    /// The directory of the services' public keys.
    public Path trustedKeys() {
        return PrivateFiles.directory(directory.resolve("trusted-keys"));
    }

    private Path randomSecret(String name) {
        return randomSecret(name, "");
    }

    private Path randomSecret(String name, String prefix) {
        Path file = directory.resolve(name);
        if (!Files.exists(file)) {
            byte[] bytes = new byte[RANDOM_BYTES];
            RANDOM.nextBytes(bytes);
            PrivateFiles.write(file, prefix + HexFormat.of().formatHex(bytes));
        }
        return file;
    }
}
