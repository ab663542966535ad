package io.weir.security;

import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeyStatus;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.TinkJsonProtoKeysetFormat;
import com.google.crypto.tink.aead.AeadConfig;
import com.google.crypto.tink.aead.PredefinedAeadParameters;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;

/// The keys of an [Envelope] as a JSON text, for tools that rotate them. Immutable; each change gives another
/// one. The text holds the keys in the open: for files that only their owner reads.
public final class EnvelopeKeyset {

    static {
        try {
            AeadConfig.register();
        } catch (GeneralSecurityException broken) {
            throw new ExceptionInInitializerError(broken);
        }
    }

    private final KeysetHandle keys;

    private EnvelopeKeyset(KeysetHandle keys) {
        this.keys = keys;
    }

    /// One key.
    ///
    /// @param primary whether it encrypts; the others only decrypt
    public record Key(String id, boolean primary) {}

    /// With one new key.
    public static EnvelopeKeyset create() {
        return built(KeysetHandle.newBuilder()
                .addEntry(KeysetHandle.generateEntryFromParameters(PredefinedAeadParameters.AES256_GCM)
                        .withRandomId()
                        .makePrimary()));
    }

    /// Throws [IllegalArgumentException] where the text is no keyset.
    public static EnvelopeKeyset parse(String json) {
        try {
            return new EnvelopeKeyset(TinkJsonProtoKeysetFormat.parseKeyset(json, InsecureSecretKeyAccess.get()));
        } catch (GeneralSecurityException malformed) {
            throw new IllegalArgumentException("no keyset of Tink's", malformed);
        }
    }

    public String json() {
        try {
            return TinkJsonProtoKeysetFormat.serializeKeyset(keys, InsecureSecretKeyAccess.get());
        } catch (GeneralSecurityException broken) {
            throw new IllegalStateException("the keyset cannot be written", broken);
        }
    }

    public List<Key> keys() {
        List<Key> all = new ArrayList<>();
        for (int i = 0; i < keys.size(); i++) {
            all.add(new Key(
                    Integer.toUnsignedString(keys.getAt(i).getId()),
                    keys.getAt(i).isPrimary()));
        }
        return all;
    }

    /// With a new key that only decrypts: to be spread before it is made primary.
    public EnvelopeKeyset withNewKey() {
        return built(KeysetHandle.newBuilder(keys)
                .addEntry(KeysetHandle.generateEntryFromParameters(PredefinedAeadParameters.AES256_GCM)
                        .withRandomId()
                        .setStatus(KeyStatus.ENABLED)));
    }

    /// With the last key as the one that encrypts.
    public EnvelopeKeyset withNewestPrimary() {
        KeysetHandle.Builder builder = KeysetHandle.newBuilder(keys);
        builder.getAt(builder.size() - 1).makePrimary();
        return built(builder);
    }

    /// Throws [IllegalArgumentException] where it has no key of that id or it is the primary one.
    public EnvelopeKeyset without(String id) {
        List<Key> all = keys();
        for (int i = 0; i < all.size(); i++) {
            if (all.get(i).id().equals(id) && !all.get(i).primary()) {
                return built(KeysetHandle.newBuilder(keys).deleteAt(i));
            }
        }
        throw new IllegalArgumentException(
                "envelope key: '" + id + "' (expected: one of " + all + " that is not primary)");
    }

    private static EnvelopeKeyset built(KeysetHandle.Builder builder) {
        try {
            return new EnvelopeKeyset(builder.build());
        } catch (GeneralSecurityException broken) {
            throw new IllegalStateException("the keyset cannot be made", broken);
        }
    }
}
