package io.weir.tenant.apikey;

import io.r2dbc.spi.Readable;
import io.weir.r2dbc.Column;
import io.weir.security.Scope;
import io.weir.snapshots.SnapshotTopic;
import io.weir.snapshots.catalog.ApiKeySnapshot;
import io.weir.tenancy.TenantId;
import io.weir.tenant.publication.Publication;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A key as it is kept: without its secret.
///
/// @param hash HMAC of the whole key
/// @param expiresAt null: does not expire
/// @param version rises with every change
record KeyRecord(
        TenantId tenant,
        String keyId,
        String hash,
        String name,
        Set<Scope> scopes,
        ApiKeySnapshot.Status status,
        @Nullable Instant expiresAt,
        long version,
        Instant createdAt) {

    static final String COLUMNS = "tenant_id, key_id, hash, name, scopes, status, expires_at, version, created_at";

    static KeyRecord of(Readable row) {
        Set<Scope> scopes = EnumSet.noneOf(Scope.class);
        Arrays.stream(Column.of(row, "scopes", String[].class)).map(Scope::of).forEach(scopes::add);
        return new KeyRecord(
                new TenantId(Column.of(row, "tenant_id", UUID.class)),
                Column.of(row, "key_id", String.class),
                Column.of(row, "hash", String.class),
                Column.of(row, "name", String.class),
                scopes,
                ApiKeySnapshot.Status.valueOf(
                        Column.of(row, "status", String.class).toUpperCase(Locale.ROOT)),
                row.get("expires_at", Instant.class),
                Column.of(row, "version", Long.class),
                Column.of(row, "created_at", Instant.class));
    }

    Publication publication() {
        ApiKeySnapshot snapshot = new ApiKeySnapshot(keyId, tenant, hash, name, scopes, status, expiresAt, version);
        return Publication.of(tenant, SnapshotTopic.API_KEYS, keyId, version, snapshot);
    }

    // The hash helps nobody who reads a log.
    @Override
    public String toString() {
        return "KeyRecord[" + keyId + " of " + tenant + "]";
    }
}
