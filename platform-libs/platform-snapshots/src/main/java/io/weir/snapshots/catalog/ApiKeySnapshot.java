package io.weir.snapshots.catalog;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.weir.security.Scope;
import io.weir.tenancy.TenantId;
import java.time.Instant;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// An API key without its secret.
///
/// @param keyId its public id
/// @param hash HMAC-SHA-256 of the whole key under the pepper, hexadecimal
/// @param expiresAt null: does not expire
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ApiKeySnapshot(
        String keyId,
        TenantId tenantId,
        String hash,
        String name,
        Set<Scope> scopes,
        Status status,
        @Nullable Instant expiresAt,
        long version) {

    public ApiKeySnapshot {
        Objects.requireNonNull(keyId, "keyId");
        Objects.requireNonNull(tenantId, "tenantId");
        Objects.requireNonNull(hash, "hash");
        Objects.requireNonNull(status, "status");
        scopes = Set.copyOf(scopes);
    }

    /// A revoked key stays known, so that its use can be told apart from a key that never was.
    public enum Status {
        @JsonProperty("active")
        ACTIVE,
        @JsonProperty("revoked")
        REVOKED
    }
}
