package io.weir.local.state;

import io.weir.security.ApiKey;
import io.weir.security.EnvelopeKeyset;
import io.weir.security.KeyPairFiles;
import io.weir.security.Peppers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;

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

    /// The directory with the peppers of the API keys; the first is made when first asked for.
    public Path peppers() {
        Path peppers = PrivateFiles.directory(directory.resolve("peppers"));
        if (!hasFile(peppers, "*" + Peppers.SUFFIX)) {
            String first = "peppers/p0001" + Peppers.SUFFIX;
            // Where there was one pepper only, keys know it as the first.
            Path only = directory.resolve("pepper");
            if (Files.exists(only)) {
                PrivateFiles.write(directory.resolve(first), PrivateFiles.read(only));
            }
            randomSecret(first);
        }
        return peppers;
    }

    /// The file with the keys that encrypt tenants' data at rest.
    public Path envelopeKeyset() {
        return keyset("envelope-keyset.json");
    }

    /// The file with the keys that seal the provider keys which tenants bring.
    public Path providerKeyset() {
        return keyset("provider-keyset.json");
    }

    /// The file with the secret under which tenants are named to providers.
    public Path tenantSalt() {
        return randomSecret("tenant-salt");
    }

    private Path keyset(String name) {
        Path file = directory.resolve(name);
        if (!Files.exists(file)) {
            PrivateFiles.write(file, EnvelopeKeyset.create().json());
        }
        return file;
    }

    /// The directory of the local certificate authority and of the gateway's certificate.
    public Path tls() {
        return PrivateFiles.directory(directory.resolve("tls"));
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

    /// The directory with the private keys of a service, whose public halves lie in [#trustedKeys]. The first
    /// is made when first asked for.
    public Path signingKeys(String service) {
        Path keys = PrivateFiles.directory(
                PrivateFiles.directory(directory.resolve("signing-keys")).resolve(service));
        try {
            if (!hasFile(keys, service + ".*.pem")) {
                KeyPairFiles.generate(service, keys, trustedKeys());
            }
            return keys;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make the signing key of " + service + " in " + keys, e);
        }
    }

    private static boolean hasFile(Path directory, String glob) {
        try (DirectoryStream<Path> found = Files.newDirectoryStream(directory, glob)) {
            return found.iterator().hasNext();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + directory, e);
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
