package io.weir.snapshots.catalog;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.weir.security.Scope;
import io.weir.tenancy.TenantId;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// An API key without its secret.
///
/// @param keyId its public id
/// @param hash HMAC-SHA-256 of the whole key under the pepper, hexadecimal
/// @param expiresAt null: does not expire
/// @param pepperId of the pepper that the hash was made with; null: the only one that there was
/// @param ipRanges in CIDR form, from which alone it may be used; empty: from anywhere
/// @param settings what its calls have in place of the tenant's settings; null: nothing
/// @param createdAt null: not told
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ApiKeySnapshot(
        String keyId,
        TenantId tenantId,
        String hash,
        String name,
        Set<Scope> scopes,
        Status status,
        @Nullable Instant expiresAt,
        long version,
        @Nullable String pepperId,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> ipRanges,
        @Nullable KeySettings settings,
        @Nullable Instant createdAt) {

    @JsonCreator
    public ApiKeySnapshot {
        Objects.requireNonNull(keyId, "keyId");
        Objects.requireNonNull(tenantId, "tenantId");
        Objects.requireNonNull(hash, "hash");
        Objects.requireNonNull(status, "status");
        scopes = Set.copyOf(scopes);
        ipRanges = ipRanges == null ? List.of() : List.copyOf(ipRanges);
    }

    /// Without anything that is optional.
    public ApiKeySnapshot(
            String keyId,
            TenantId tenantId,
            String hash,
            String name,
            Set<Scope> scopes,
            Status status,
            @Nullable Instant expiresAt,
            long version) {
        this(keyId, tenantId, hash, name, scopes, status, expiresAt, version, null, List.of(), null, null);
    }

    /// A revoked key stays known, so that its use can be told apart from a key that never was.
    public enum Status {
        @JsonProperty("active")
        ACTIVE,
        @JsonProperty("revoked")
        REVOKED
    }
}
