package io.weir.security;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/// The public keys of the services, by key id: a directory of `<service>.<id>.pem` files (X.509 SubjectPublicKeyInfo).
/// Two keys of one service may stand side by side while one replaces the other. An unknown id makes the directory be
/// read again, at most once in five seconds, so that a rotation needs no restart. Safe for use by many threads.
public final class TrustedKeys {

    private static final Duration REREAD_AFTER = Duration.ofSeconds(5);

    private final Path directory;
    private final InstantSource clock;
    private final AtomicReference<Keys> keys;

    private TrustedKeys(Path directory, InstantSource clock) {
        this.directory = directory;
        this.clock = clock;
        this.keys = new AtomicReference<>(new Keys(read(directory), clock.millis()));
    }

    /// Throws [InvalidSecurityFileException] when the directory or one of its keys cannot be used.
    public static TrustedKeys load(Path directory, InstantSource clock) {
        return new TrustedKeys(directory, clock);
    }

    /// One service's public key.
    public record TrustedKey(String service, String id, PublicKey key) {

        /// False for any signature that is not this key's over these bytes, malformed ones included.
        public boolean verifies(byte[] bytes, byte[] signature) {
            try {
                Signature verifier = Signature.getInstance("Ed25519");
                verifier.initVerify(key);
                verifier.update(bytes);
                return verifier.verify(signature);
            } catch (GeneralSecurityException malformed) {
                return false;
            }
        }
    }

    /// The key of that id, if any service has it. Reads the directory when the id is new: not for event loops with
    /// ids that callers choose, unless through a cache.
    public Optional<TrustedKey> find(String id) {
        Keys known = keys.get();
        TrustedKey key = known.byId().get(id);
        if (key == null && clock.millis() - known.readAt() > REREAD_AFTER.toMillis()) {
            Keys fresh = new Keys(read(directory), clock.millis());
            keys.set(fresh);
            key = fresh.byId().get(id);
        }
        return Optional.ofNullable(key);
    }

    private static Map<String, TrustedKey> read(Path directory) {
        Map<String, TrustedKey> byId = new HashMap<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*.pem")) {
            for (Path file : files) {
                TrustedKey key = readOne(file);
                byId.put(key.id(), key);
            }
        } catch (IOException unreadable) {
            throw new InvalidSecurityFileException("weir.security.trusted-keys", directory, unreadable);
        }
        return Map.copyOf(byId);
    }

    private static TrustedKey readOne(Path file) {
        try {
            SigningKey.KeyFileName name = SigningKey.KeyFileName.of(file);
            PublicKey key =
                    KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(SigningKey.pem(file)));
            return new TrustedKey(name.service(), name.id(), key);
        } catch (IOException | GeneralSecurityException | IllegalArgumentException broken) {
            throw new InvalidSecurityFileException("weir.security.trusted-keys", file, broken);
        }
    }

    private record Keys(Map<String, TrustedKey> byId, long readAt) {}
}
