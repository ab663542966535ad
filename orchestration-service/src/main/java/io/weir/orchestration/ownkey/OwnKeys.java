package io.weir.orchestration.ownkey;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.weir.orchestration.provider.Provider;
import io.weir.orchestration.provider.ProviderAccount;
import io.weir.orchestration.provider.UnusableKeyException;
import io.weir.security.EnvelopeOpeningException;
import io.weir.security.ProviderKeyVault;
import io.weir.security.egress.BaseUrlRules;
import io.weir.snapshots.catalog.ProviderKeySnapshot;
import io.weir.snapshots.catalog.ProviderKeySnapshot.Fallback;
import io.weir.tenancy.TenantId;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The tenants' keys as the control plane last published them. A key is opened for each request that goes out with it,
/// and never before; what is there by then counts, so that a key that was deleted meanwhile is not sent. Safe for use
/// by many threads.
public final class OwnKeys {

    private static final Logger LOG = LoggerFactory.getLogger(OwnKeys.class);

    private final Function<String, Optional<ProviderKeySnapshot>> published;
    private final @Nullable ProviderKeyVault vault;
    private final BaseUrlRules rules;
    private final Counter unopened;

    /// @param published by [ProviderKeySnapshot#key]
    /// @param vault null: nothing can be opened, and every call that needs a tenant's key fails
    public OwnKeys(
            Function<String, Optional<ProviderKeySnapshot>> published,
            @Nullable ProviderKeyVault vault,
            BaseUrlRules rules,
            MeterRegistry registry) {
        this.published = published;
        this.vault = vault;
        this.rules = rules;
        this.unopened = registry.counter("weir.ownkey.unopened");
    }

    /// A provider on a tenant's account.
    ///
    /// @param platformToo whether a call that it cannot serve may go out on the platform's account
    public record Own(Provider provider, boolean platformToo) {}

    /// The provider on that tenant's own account; empty where the tenant has no key for it.
    ///
    /// @param platform as it is set up, on the platform's account
    public Optional<Own> find(TenantId tenant, Provider platform) {
        return key(tenant, platform.name()).map(key -> own(key, platform));
    }

    private Own own(ProviderKeySnapshot key, Provider platform) {
        String address = address(key);
        ProviderAccount account = ProviderAccount.ofTenant(
                key.tenantId(),
                key.keyId(),
                key.baseUrl() != null,
                () -> open(key.tenantId(), key.provider(), address));
        return new Own(platform.with(account, key.baseUrl()), key.fallback() == Fallback.PLATFORM);
    }

    // What a record says of itself counts, and must be where it lies.
    private Optional<ProviderKeySnapshot> key(TenantId tenant, String provider) {
        return published
                .apply(ProviderKeySnapshot.key(tenant, provider))
                .filter(key -> key.tenantId().equals(tenant) && key.provider().equals(provider));
    }

    private static String address(ProviderKeySnapshot key) {
        String address = key.baseUrl();
        return address == null ? "" : address;
    }

    // A key that replaced another one in the midst of a call serves it as well, but never at another address.
    private String open(TenantId tenant, String provider, String address) {
        ProviderKeySnapshot now = key(tenant, provider)
                .filter(key -> address(key).equals(address))
                .orElseThrow(() -> UnusableKeyException.gone(provider));
        try {
            if (vault != null) {
                if (!address.isEmpty()) {
                    rules.read(address);
                }
                return vault.open(now.ciphertext(), new ProviderKeyVault.Place(tenant, provider, now.keyId(), address));
            }
            LOG.error("{} cannot be opened: weir.security.provider-keyset is not set", now);
        } catch (EnvelopeOpeningException | IllegalArgumentException unusable) {
            LOG.error("{} cannot be used: {}", now, unusable.getMessage());
        }
        unopened.increment();
        throw UnusableKeyException.closed(provider);
    }
}
