package io.weir.orchestration.provider;

import io.weir.orchestration.dialect.CachePartition;
import io.weir.tenancy.TenantId;
import java.util.function.Supplier;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/// Whose account at a provider a call goes out with: the platform's, which tenants share, or a tenant's own.
public final class ProviderAccount {

    private static final String PLATFORM = "platform";

    private final @Nullable TenantId owner;
    private final String id;
    private final boolean elsewhere;
    private final Supplier<String> key;
    private final @Nullable SecretKeySpec cacheSecret;

    private ProviderAccount(
            @Nullable TenantId owner,
            String id,
            boolean elsewhere,
            Supplier<String> key,
            @Nullable SecretKeySpec cacheSecret) {
        this.owner = owner;
        this.id = id;
        this.elsewhere = elsewhere;
        this.key = key;
        this.cacheSecret = cacheSecret;
    }

    static ProviderAccount ofPlatform(String key) {
        return new ProviderAccount(null, PLATFORM, false, () -> key, null);
    }

    /// The same at a provider that keeps prompts by keys that it is told.
    static ProviderAccount ofPlatformInParts(String key) {
        return new ProviderAccount(null, PLATFORM, false, () -> key, CachePartition.secret(key));
    }

    /// @param id of the tenant's key; another one after each change of it
    /// @param elsewhere whether the tenant says where it is reached, so that nobody vouches for the address
    /// @param key opens the key; asked at every call, so that it lies nowhere in the open
    public static ProviderAccount ofTenant(TenantId owner, String id, boolean elsewhere, Supplier<String> key) {
        return new ProviderAccount(owner, id, elsewhere, key, null);
    }

    /// The tenant's part of the prompt cache of an account that tenants share; null: it has no parts.
    public @Nullable CachePartition cache(TenantId tenant) {
        return cacheSecret == null ? null : CachePartition.of(cacheSecret, tenant);
    }

    /// Null: the platform's.
    public @Nullable TenantId owner() {
        return owner;
    }

    public boolean isTenants() {
        return owner != null;
    }

    /// Tells accounts of one provider apart.
    public String id() {
        return id;
    }

    boolean isElsewhere() {
        return elsewhere;
    }

    /// The key in the open, for a request's headers alone.
    String reveal() {
        return key.get();
    }

    @Override
    public String toString() {
        return owner == null ? "the platform's account" : "key " + id + " of " + owner;
    }
}
