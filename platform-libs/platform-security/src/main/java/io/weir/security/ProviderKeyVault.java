package io.weir.security;

import io.weir.tenancy.TenantId;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// Seals the provider keys that tenants bring (envelope encryption, AES-256-GCM by Tink): each under a data key of its
/// own, which the keyset's primary key wraps. No two tenants share one. The ciphertext is bound to its [Place]: it
/// opens for no other tenant, provider, row or address. Tenant-service seals, orchestration-service opens; both read
/// the same keyset, again by [#refresh]. Safe for use by many threads.
public final class ProviderKeyVault implements Reloadable {

    private static final String PURPOSE = "provider-key";

    private final Envelope envelope;

    private ProviderKeyVault(Envelope envelope) {
        this.envelope = envelope;
    }

    /// Reads a keyset as [EnvelopeKeyset] writes it. Throws [InvalidSecurityFileException] when it cannot be used.
    public static ProviderKeyVault load(Path keyset) {
        return new ProviderKeyVault(Envelope.wrappingDataKeys(keyset));
    }

    /// Where a key belongs.
    ///
    /// @param row its id, another one for each key that was ever set
    /// @param baseUrl where alone it may be sent; empty: to the platform's own address of the provider
    public record Place(TenantId tenant, String provider, String row, String baseUrl) {

        // Neither a provider's name nor a row's id has a line break.
        private Envelope.Place bound() {
            return new Envelope.Place(tenant, PURPOSE, provider + "\n" + row + "\n" + baseUrl);
        }
    }

    public byte[] seal(String key, Place place) {
        return envelope.seal(key.getBytes(StandardCharsets.UTF_8), place.bound());
    }

    /// Throws [EnvelopeOpeningException] where it was changed, is of another place, or its keyset's key is gone.
    public String open(byte[] sealed, Place place) {
        return new String(envelope.open(sealed, place.bound()), StandardCharsets.UTF_8);
    }

    @Override
    public void refresh() {
        envelope.refresh();
    }
}
