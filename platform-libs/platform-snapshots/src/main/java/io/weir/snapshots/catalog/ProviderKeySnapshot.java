package io.weir.snapshots.catalog;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.weir.tenancy.TenantId;
import java.util.Base64;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A tenant's own key for a model provider, sealed: who has the topic has no key.
///
/// @param provider as price books name it
/// @param keyId of this key alone; another one after each change
/// @param sealed base64 of the ciphertext, which opens for this tenant, provider, key id and base URL alone
/// @param baseUrl where the key may be sent; null: to the platform's own address of the provider
/// @param fallback what becomes of a call that this key cannot serve
/// @param version rises with every change
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ProviderKeySnapshot(
        TenantId tenantId,
        String provider,
        String keyId,
        String sealed,
        @Nullable String baseUrl,
        Fallback fallback,
        long version) {

    public ProviderKeySnapshot {
        Objects.requireNonNull(tenantId, "tenantId");
        Objects.requireNonNull(provider, "provider");
        Objects.requireNonNull(keyId, "keyId");
        Objects.requireNonNull(sealed, "sealed");
        Objects.requireNonNull(fallback, "fallback");
    }

    /// What a call may use that the tenant's key cannot serve.
    public enum Fallback {
        /// Nothing of the platform's at this provider.
        @JsonProperty("none")
        NONE,
        /// The platform's own account, at the platform's prices.
        @JsonProperty("platform")
        PLATFORM
    }

    /// Under which it lies in its topic.
    public static String key(TenantId tenant, String provider) {
        return tenant + "/" + provider;
    }

    /// Throws [IllegalArgumentException] where it is no base64.
    public byte[] ciphertext() {
        return Base64.getDecoder().decode(sealed);
    }

    @Override
    public String toString() {
        return "ProviderKeySnapshot[" + provider + " of " + tenantId + ", " + keyId + "]";
    }
}
