package io.weir.tenant.providerkey;

import io.r2dbc.spi.Readable;
import io.weir.r2dbc.Column;
import io.weir.snapshots.SnapshotTopic;
import io.weir.snapshots.catalog.ProviderKeySnapshot;
import io.weir.snapshots.catalog.ProviderKeySnapshot.Fallback;
import io.weir.tenancy.TenantId;
import io.weir.tenant.publication.Publication;
import java.time.Instant;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A tenant's key for one provider, sealed.
///
/// @param keyId another one for each key that was ever set
/// @param sealed base64 of the ciphertext; null: the key was deleted, and its version is all that is left
/// @param fingerprint under the pepper, so that two settings of one key can be told to be the same
/// @param baseUrl empty: the platform's own address of the provider
record ProviderKey(
        TenantId tenant,
        String provider,
        UUID keyId,
        @Nullable String sealed,
        String lastFour,
        String fingerprint,
        String baseUrl,
        Fallback fallback,
        long version,
        Instant setAt) {

    static final String COLUMNS =
            "tenant_id, provider, key_id, sealed, last_four, fingerprint, base_url, fallback, version, set_at";

    static ProviderKey of(Readable row) {
        return new ProviderKey(
                new TenantId(Column.of(row, "tenant_id", UUID.class)),
                Column.of(row, "provider", String.class),
                Column.of(row, "key_id", UUID.class),
                row.get("sealed", String.class),
                Column.of(row, "last_four", String.class),
                Column.of(row, "fingerprint", String.class),
                Column.of(row, "base_url", String.class),
                Fallback.valueOf(Column.of(row, "fallback", String.class).toUpperCase(Locale.ROOT)),
                Column.of(row, "version", Long.class),
                Column.of(row, "set_at", Instant.class));
    }

    Publication publication() {
        String place = ProviderKeySnapshot.key(tenant, provider);
        if (sealed == null) {
            return Publication.removal(tenant, SnapshotTopic.PROVIDER_KEYS, place, version);
        }
        ProviderKeySnapshot snapshot = new ProviderKeySnapshot(
                tenant, provider, keyId.toString(), sealed, baseUrl.isEmpty() ? null : baseUrl, fallback, version);
        return Publication.of(tenant, SnapshotTopic.PROVIDER_KEYS, place, version, snapshot);
    }

    @Override
    public String toString() {
        return "ProviderKey[" + provider + ", " + keyId + "]";
    }
}
