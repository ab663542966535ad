package io.weir.orchestration.provider;

import io.weir.tenancy.TenantId;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Whose account at a provider a call goes out with: the platform's, which tenants share, or a tenant's own.
public final class ProviderAccount {

    private final @Nullable TenantId owner;
    private final String id;
    private final boolean elsewhere;
    private final Supplier<String> key;

    private ProviderAccount(@Nullable TenantId owner, String id, boolean elsewhere, Supplier<String> key) {
        this.owner = owner;
        this.id = id;
        this.elsewhere = elsewhere;
        this.key = key;
    }

    static ProviderAccount ofPlatform(String key) {
        return new ProviderAccount(null, "platform", false, () -> key);
    }

    /// @param id of the tenant's key; another one after each change of it
    /// @param elsewhere whether the tenant says where it is reached, so that nobody vouches for the address
    /// @param key opens the key; asked at every call, so that it lies nowhere in the open
    public static ProviderAccount ofTenant(TenantId owner, String id, boolean elsewhere, Supplier<String> key) {
        return new ProviderAccount(owner, id, elsewhere, key);
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
