package io.weir.local.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.security.ApiKey;
import io.weir.security.SigningKey;
import io.weir.security.SigningKeys;
import io.weir.security.TrustedKeys;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretsTests {

    @TempDir
    private Path directory;

    private Secrets secrets() {
        Layout layout = new Layout(directory, Path.of(".weir"));
        layout.create();
        return new Secrets(layout);
    }

    private static List<Path> all(Secrets secrets) {
        return List.of(
                secrets.postgresSuperuser(),
                secrets.clickhouse(),
                secrets.peppers().resolve("p0001.pepper"),
                secrets.envelopeKeyset(),
                secrets.providerKeyset(),
                secrets.tenantSalt(),
                secrets.adminKey(),
                secrets.stripeApiKey(),
                secrets.stripeWebhookSecret(),
                onlyFile(secrets.signingKeys("gateway")));
    }

    @Test
    void nobodyButTheOwnerReadsThem() throws IOException {
        Secrets secrets = secrets();
        secrets.rolePassword("tenant_app");
        for (Path secret : all(secrets)) {
            assertThat(mode(secret)).as(secret.toString()).isEqualTo("rw-------");
        }
        try (Stream<Path> directories = Files.walk(directory.resolve(".weir")).filter(Files::isDirectory)) {
            assertThat(directories).allSatisfy(each -> assertThat(mode(each)).isEqualTo("rwx------"));
        }
    }

    @Test
    void theyAreMadeOnceAndNeverEqual() throws IOException {
        List<Path> files = all(secrets());
        List<byte[]> before = files.stream().map(SecretsTests::read).toList();

        assertThat(all(secrets()).stream().map(SecretsTests::read).toList()).containsExactlyElementsOf(before);
        assertThat(files.stream().map(SecretsTests::read).map(bytes -> new String(bytes, StandardCharsets.UTF_8)))
                .doesNotHaveDuplicates();
        assertThat(secrets().rolePassword("tenant_app")).isNotEqualTo(secrets().rolePassword("billing_app"));
    }

    @Test
    void aWiderDirectoryIsMadeNarrow() throws IOException {
        Files.createDirectories(
                directory.resolve(".weir"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        secrets();

        assertThat(mode(directory.resolve(".weir"))).isEqualTo("rwx------");
    }

    @Test
    void theAdminKeyIsAWellFormedKey() {
        assertThat(ApiKey.read(PrivateFiles.read(secrets().adminKey()))).isInstanceOf(ApiKey.Reading.WellFormed.class);
    }

    @Test
    void stripesSecretsHaveStripesForms() {
        assertThat(PrivateFiles.read(secrets().stripeApiKey())).matches("sk_test_[0-9a-f]{48}");
        assertThat(PrivateFiles.read(secrets().stripeWebhookSecret())).matches("whsec_[0-9a-f]{48}");
    }

    @Test
    void whatAServiceSignsTheTrustedKeysVerify() {
        Secrets secrets = secrets();
        SigningKey key = SigningKeys.load(secrets.signingKeys("billing")).get();
        byte[] text = "an invoice".getBytes(StandardCharsets.UTF_8);

        TrustedKeys trusted = TrustedKeys.load(secrets.trustedKeys(), InstantSource.system());

        assertThat(trusted.find(key.id()).orElseThrow().service()).isEqualTo("billing");
        assertThat(trusted.find(key.id()).orElseThrow().verifies(text, key.sign(text)))
                .isTrue();
    }

    private static Path onlyFile(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.findFirst().orElseThrow();
        } catch (IOException e) {
            throw new AssertionError(directory.toString(), e);
        }
    }

    private static String mode(Path path) {
        try {
            return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
        } catch (IOException e) {
            throw new AssertionError(path.toString(), e);
        }
    }

    private static byte[] read(Path path) {
        return PrivateFiles.read(path).getBytes(StandardCharsets.UTF_8);
    }
}
