package io.weir.security;

import com.google.crypto.tink.Aead;
import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.TinkJsonProtoKeysetFormat;
import com.google.crypto.tink.aead.AeadConfig;
import io.weir.tenancy.TenantId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Encrypts tenants' data at rest (AES-256-GCM, by Tink). A ciphertext is bound to its tenant, its purpose and
/// its row: moved to another of them, it does not open. The keyset's primary key encrypts; the others still
/// decrypt. Read again by [#refresh], so that a rotation needs no restart. Safe for use by many threads.
public final class Envelope implements Reloadable {

    private static final Logger LOG = LoggerFactory.getLogger(Envelope.class);
    private static final String SETTING = "weir.security.envelope-keyset";

    static {
        try {
            AeadConfig.register();
        } catch (GeneralSecurityException broken) {
            throw new ExceptionInInitializerError(broken);
        }
    }

    private final Path keyset;
    private volatile Loaded loaded;
    private volatile boolean broken;

    private record Loaded(String json, Aead aead) {}

    private Envelope(Path keyset, Loaded loaded) {
        this.keyset = keyset;
        this.loaded = loaded;
    }

    /// Reads a keyset as [EnvelopeKeyset] writes it.
    /// Throws [InvalidSecurityFileException] when it cannot be used.
    public static Envelope load(Path keyset) {
        return new Envelope(keyset, read(keyset));
    }

    /// What is encrypted, and what it is bound to.
    ///
    /// @param purpose what kind of row it is, for example `export`
    /// @param row its id within tenant and purpose
    public record Place(TenantId tenant, String purpose, String row) {

        // Lengths before contents, so that no two places have the same bytes.
        byte[] bytes() {
            byte[] first = tenant.toString().getBytes(StandardCharsets.UTF_8);
            byte[] second = purpose.getBytes(StandardCharsets.UTF_8);
            byte[] third = row.getBytes(StandardCharsets.UTF_8);
            return ByteBuffer.allocate(12 + first.length + second.length + third.length)
                    .putInt(first.length)
                    .put(first)
                    .putInt(second.length)
                    .put(second)
                    .putInt(third.length)
                    .put(third)
                    .array();
        }
    }

    /// The ciphertext: 33 bytes longer.
    public byte[] seal(byte[] plain, Place place) {
        try {
            return loaded.aead().encrypt(plain, place.bytes());
        } catch (GeneralSecurityException broken) {
            throw new IllegalStateException("the envelope key cannot encrypt", broken);
        }
    }

    /// Throws [EnvelopeOpeningException] where it was changed, is of another place, or its key is gone.
    public byte[] open(byte[] sealed, Place place) {
        try {
            return loaded.aead().decrypt(sealed, place.bytes());
        } catch (GeneralSecurityException refused) {
            throw new EnvelopeOpeningException(place.purpose(), refused);
        }
    }

    /// Looks whether the keyset changed. Reads the file.
    @Override
    public synchronized void refresh() {
        try {
            Loaded now = read(keyset);
            if (!now.json().equals(loaded.json())) {
                loaded = now;
                LOG.info("The envelope keyset was read again");
            }
            broken = false;
        } catch (InvalidSecurityFileException unusable) {
            if (!broken) {
                LOG.error("The envelope keyset known before stays in use: {}", unusable.getMessage());
            }
            broken = true;
        }
    }

    private static Loaded read(Path keyset) {
        try {
            String json = Files.readString(keyset);
            KeysetHandle handle = TinkJsonProtoKeysetFormat.parseKeyset(json, InsecureSecretKeyAccess.get());
            return new Loaded(json, handle.getPrimitive(RegistryConfiguration.get(), Aead.class));
        } catch (IOException | GeneralSecurityException unusable) {
            throw new InvalidSecurityFileException(SETTING, keyset, unusable);
        }
    }
}
