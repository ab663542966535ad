package io.weir.security;

import com.google.crypto.tink.Aead;
import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.TinkJsonProtoKeysetFormat;
import com.google.crypto.tink.aead.AeadConfig;
import com.google.crypto.tink.aead.KmsEnvelopeAead;
import com.google.crypto.tink.aead.PredefinedAeadParameters;
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

    static {
        try {
            AeadConfig.register();
        } catch (GeneralSecurityException broken) {
            throw new ExceptionInInitializerError(broken);
        }
    }

    private final Path keyset;
    private final Form form;
    private volatile Loaded loaded;
    private volatile boolean broken;

    private record Loaded(String json, Aead aead) {}

    /// What the keyset's keys encrypt, and which setting says where they lie.
    private enum Form {
        DATA("weir.security.envelope-keyset"),
        DATA_KEYS("weir.security.provider-keyset");

        private final String setting;

        Form(String setting) {
            this.setting = setting;
        }

        private Aead over(Aead keys) throws GeneralSecurityException {
            return switch (this) {
                case DATA -> keys;
                case DATA_KEYS -> KmsEnvelopeAead.create(PredefinedAeadParameters.AES256_GCM, keys);
            };
        }
    }

    private Envelope(Path keyset, Form form) {
        this.keyset = keyset;
        this.form = form;
        this.loaded = read(keyset, form);
    }

    /// Reads a keyset as [EnvelopeKeyset] writes it.
    /// Throws [InvalidSecurityFileException] when it cannot be used.
    public static Envelope load(Path keyset) {
        return new Envelope(keyset, Form.DATA);
    }

    /// As [#load], where every ciphertext has a data key of its own, and the keyset's keys encrypt those alone.
    static Envelope wrappingDataKeys(Path keyset) {
        return new Envelope(keyset, Form.DATA_KEYS);
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

    /// The ciphertext: 33 bytes longer, and some 100 more where it brings a data key.
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
            Loaded now = read(keyset, form);
            if (!now.json().equals(loaded.json())) {
                loaded = now;
                LOG.info("{} was read again", form.setting);
            }
            broken = false;
        } catch (InvalidSecurityFileException unusable) {
            if (!broken) {
                LOG.error("The keyset known before stays in use: {}", unusable.getMessage());
            }
            broken = true;
        }
    }

    private static Loaded read(Path keyset, Form form) {
        try {
            String json = Files.readString(keyset);
            KeysetHandle handle = TinkJsonProtoKeysetFormat.parseKeyset(json, InsecureSecretKeyAccess.get());
            return new Loaded(json, form.over(handle.getPrimitive(RegistryConfiguration.get(), Aead.class)));
        } catch (IOException | GeneralSecurityException unusable) {
            throw new InvalidSecurityFileException(form.setting, keyset, unusable);
        }
    }
}
