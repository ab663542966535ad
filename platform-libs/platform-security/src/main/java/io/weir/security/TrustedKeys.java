package io.weir.security;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The public keys of the services, by key id: a directory of `<service>.<id>.pem` files (X.509
/// SubjectPublicKeyInfo). Two keys of one service may stand side by side while one replaces the other. An
/// unknown id makes the directory be read again, at most once in five seconds, and [#refresh] does so at any
/// time, so that a rotation needs no restart. A file that cannot be used then is logged once and passed over;
/// the key that it held before stays. Safe for use by many threads.
public final class TrustedKeys implements Reloadable {

    private static final Logger LOG = LoggerFactory.getLogger(TrustedKeys.class);
    private static final Duration REREAD_AFTER = Duration.ofSeconds(5);

    private final Path directory;
    private final InstantSource clock;
    private final AtomicReference<Keys> keys;
    private final AtomicLong retirements = new AtomicLong();
    private final AtomicLong changes = new AtomicLong();

    private TrustedKeys(Path directory, InstantSource clock) {
        this.directory = directory;
        this.clock = clock;
        this.keys = new AtomicReference<>(read(directory, clock.millis()));
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

    /// The key of that id, if any service has it. Reads the directory when the id is new: not for event loops
    /// with ids that callers choose, unless through a cache.
    public Optional<TrustedKey> find(String id) {
        Keys known = keys.get();
        TrustedKey key = known.byId().get(id);
        if (key == null && clock.millis() - known.readAt() > REREAD_AFTER.toMillis()) {
            Keys fresh = reread(known);
            use(fresh);
            key = fresh.byId().get(id);
        }
        return Optional.ofNullable(key);
    }

    /// Reads the directory again: new keys are trusted, and those whose files are gone no longer.
    @Override
    public void refresh() {
        use(reread(keys.get()));
    }

    /// How often keys were taken away so far.
    long retirements() {
        return retirements.get();
    }

    /// Rises whenever a key was added, replaced or taken away: what was refused for its key before may be asked again.
    public long changes() {
        return changes.get();
    }

    private void use(Keys fresh) {
        Keys before = keys.getAndSet(fresh);
        if (!fresh.byId().equals(before.byId())) {
            changes.incrementAndGet();
        }
        if (!fresh.byId().keySet().containsAll(before.byId().keySet())) {
            retirements.incrementAndGet();
        }
    }

    private static Keys read(Path directory, long now) {
        Map<String, TrustedKey> byId = new HashMap<>();
        for (Path file : files(directory)) {
            TrustedKey key = readOne(file);
            byId.put(key.id(), key);
        }
        return new Keys(Map.copyOf(byId), Set.of(), now);
    }

    private Keys reread(Keys known) {
        Map<String, TrustedKey> byId = new HashMap<>();
        Set<Path> broken = new HashSet<>();
        try {
            for (Path file : files(directory)) {
                try {
                    TrustedKey key = readOne(file);
                    byId.put(key.id(), key);
                } catch (InvalidSecurityFileException unusable) {
                    broken.add(file);
                    known.ofFile(file).ifPresent(key -> byId.putIfAbsent(key.id(), key));
                    logOnce(file, known, unusable);
                }
            }
        } catch (InvalidSecurityFileException unreadable) {
            broken.add(directory);
            byId.putAll(known.byId());
            logOnce(directory, known, unreadable);
        }
        return new Keys(Map.copyOf(byId), Set.copyOf(broken), clock.millis());
    }

    private static void logOnce(Path file, Keys known, InvalidSecurityFileException unusable) {
        if (!known.broken().contains(file)) {
            LOG.error("Keys known before stay in use: {}", unusable.getMessage());
        }
    }

    private static List<Path> files(Path directory) {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*.pem")) {
            files.forEach(found::add);
            return found;
        } catch (IOException | DirectoryIteratorException unreadable) {
            throw new InvalidSecurityFileException("weir.security.trusted-keys", directory, unreadable);
        }
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

    /// @param broken files that could not be used when they were last read
    private record Keys(Map<String, TrustedKey> byId, Set<Path> broken, long readAt) {

        Optional<TrustedKey> ofFile(Path file) {
            return byId.values().stream()
                    .filter(key -> file.endsWith(key.service() + "." + key.id() + ".pem"))
                    .findFirst();
        }
    }
}
