package io.weir.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrustedKeysTests {

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-22T10:00:00Z"));
    private final Path secret;
    private final Path trusted;

    TrustedKeysTests(@TempDir Path directory) throws IOException {
        secret = Files.createDirectory(directory.resolve("secret"));
        trusted = Files.createDirectory(directory.resolve("trusted"));
    }

    @Test
    void aBrokenFileDoesNotHideTheKeyThatRotatesIn() throws IOException {
        String old = generate();
        TrustedKeys keys = TrustedKeys.load(trusted, now::get);
        Files.writeString(trusted.resolve("billing.0.pem"), "half a ke");
        Files.writeString(trusted.resolve("notes.pem"), "");
        String fresh = generate();
        later(6);
        assertThat(keys.find(fresh)).isPresent();
        assertThat(keys.find(old)).isPresent();
    }

    @Test
    void aKeyWhoseFileBreaksStaysAndOneWhoseFileGoesIsForgotten() throws IOException {
        String broken = generate();
        String gone = generate();
        TrustedKeys keys = TrustedKeys.load(trusted, now::get);
        Files.writeString(trusted.resolve("gateway." + broken + ".pem"), "half a ke");
        Files.delete(trusted.resolve("gateway." + gone + ".pem"));
        later(6);
        assertThat(keys.find("unknown")).isEmpty();
        assertThat(keys.find(broken)).isPresent();
        assertThat(keys.find(gone)).isEmpty();
    }

    @Test
    void aDirectoryThatIsAwayForAWhileIsReadAgain() throws IOException {
        String old = generate();
        TrustedKeys keys = TrustedKeys.load(trusted, now::get);
        Path aside = Files.move(trusted, trusted.resolveSibling("aside"));
        later(6);
        assertThat(keys.find("unknown")).isEmpty();
        assertThat(keys.find(old)).isPresent();
        Files.move(aside, trusted);
        String fresh = generate();
        // Not at once: a caller that sends unknown ids does not make the disk busy.
        assertThat(keys.find(fresh)).isEmpty();
        later(6);
        assertThat(keys.find(fresh)).isPresent();
    }

    @Test
    void itCountsTheReadingsThatFoundOtherKeys() throws IOException {
        String gone = generate();
        TrustedKeys keys = TrustedKeys.load(trusted, now::get);
        keys.refresh();
        assertThat(keys.changes()).isZero();
        generate();
        keys.refresh();
        keys.refresh();
        assertThat(keys.changes()).isOne();
        Files.delete(trusted.resolve("gateway." + gone + ".pem"));
        keys.refresh();
        assertThat(keys.changes()).isEqualTo(2);
    }

    @Test
    void aBrokenFileEndsTheStart() throws IOException {
        generate();
        Files.writeString(trusted.resolve("billing.0.pem"), "half a ke");
        assertThatThrownBy(() -> TrustedKeys.load(trusted, now::get))
                .isInstanceOf(InvalidSecurityFileException.class)
                .hasMessageContaining("billing.0.pem");
    }

    // Written in place, a key was seen half written within a few hundred of these.
    @Test
    void aReaderNeverSeesHalfAKey() throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        AtomicReference<String> half = new AtomicReference<>("");
        Thread reader = Thread.ofPlatform().start(() -> {
            while (!done.get()) {
                pems().stream()
                        .filter(file -> !text(file).endsWith("-----END PUBLIC KEY-----\n"))
                        .findFirst()
                        .ifPresent(file -> half.set(file.toString()));
            }
        });
        for (int i = 0; i < 300; i++) {
            Files.delete(trusted.resolve("gateway." + generate() + ".pem"));
        }
        done.set(true);
        reader.join();
        assertThat(half.get()).isEmpty();
        try (Stream<Path> left = Files.list(trusted)) {
            assertThat(left).isEmpty();
        }
    }

    private List<Path> pems() {
        try (Stream<Path> files = Files.list(trusted)) {
            return files.filter(file -> file.toString().endsWith(".pem")).toList();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException deleted) {
            return "-----END PUBLIC KEY-----\n";
        }
    }

    private String generate() throws IOException {
        return SigningKey.load(KeyPairFiles.generate("gateway", secret, trusted))
                .id();
    }

    private void later(int seconds) {
        now.set(now.get().plusSeconds(seconds));
    }
}
