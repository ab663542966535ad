package io.weir.tenant.apikey;

import io.r2dbc.spi.Readable;
import io.weir.r2dbc.Column;
import io.weir.security.Scope;
import io.weir.snapshots.SnapshotTopic;
import io.weir.snapshots.catalog.ApiKeySnapshot;
import io.weir.tenancy.TenantId;
import io.weir.tenant.publication.Publication;
import io.weir.tenant.request.JsonBody;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// A key as it is kept: without its secret.
///
/// @param hash HMAC of the whole key
/// @param ownExpiresAt as its owner set it; null: does not expire
/// @param agedExpiresAt as the tenant's rule about old keys set it; null: not yet
/// @param dueAt since when it is too old by that rule; null: it is not
/// @param rotatedTo the key that replaces it; null: none
/// @param pepperId null: the only pepper that there was
/// @param lastUsedAt null: never, as far as is known; a few seconds behind
/// @param version rises with every change that the data plane must know
record KeyRecord(
        TenantId tenant,
        String keyId,
        String hash,
        String name,
        Set<Scope> scopes,
        ApiKeySnapshot.Status status,
        @Nullable Instant ownExpiresAt,
        @Nullable Instant agedExpiresAt,
        @Nullable Instant dueAt,
        @Nullable String rotatedTo,
        List<String> ipRanges,
        ObjectNode settings,
        @Nullable String pepperId,
        @Nullable Instant lastUsedAt,
        long version,
        Instant createdAt) {

    static final String COLUMNS = "tenant_id, key_id, hash, name, scopes, status, expires_at, aged_expires_at, due_at,"
            + " rotated_to, ip_ranges, settings::text AS settings, pepper_id, last_used_at, version, created_at";

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
                row.get("aged_expires_at", Instant.class),
                row.get("due_at", Instant.class),
                row.get("rotated_to", String.class),
                List.of(Column.of(row, "ip_ranges", String[].class)),
                JsonBody.parse(Column.of(row, "settings", String.class)),
                row.get("pepper_id", String.class),
                row.get("last_used_at", Instant.class),
                Column.of(row, "version", Long.class),
                Column.of(row, "created_at", Instant.class));
    }

    /// When it stops to work, whatever the reason; null: it does not.
    @Nullable
    Instant expiresAt() {
        if (ownExpiresAt == null || agedExpiresAt == null) {
            return ownExpiresAt == null ? agedExpiresAt : ownExpiresAt;
        }
        return ownExpiresAt.isBefore(agedExpiresAt) ? ownExpiresAt : agedExpiresAt;
    }

    boolean hasExpired(Instant now) {
        Instant end = expiresAt();
        return end != null && !now.isBefore(end);
    }

    Publication publication() {
        ApiKeySnapshot snapshot = new ApiKeySnapshot(
                keyId,
                tenant,
                hash,
                name,
                scopes,
                status,
                expiresAt(),
                version,
                pepperId,
                ipRanges,
                KeySettingsForm.read(settings),
                createdAt);
        return Publication.of(tenant, SnapshotTopic.API_KEYS, keyId, version, snapshot);
    }

    // The hash helps nobody who reads a log.
    @Override
    public String toString() {
        return "KeyRecord[" + keyId + " of " + tenant + "]";
    }
}
