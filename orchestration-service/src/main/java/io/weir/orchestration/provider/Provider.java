package io.weir.orchestration.provider;

import io.weir.orchestration.dialect.ProviderDialect;
import io.weir.tenancy.TenantId;
import org.jspecify.annotations.Nullable;

/// A provider that is set up: its name in the price book, where it is reached, on whose account, and what it speaks.
///
/// @param baseUrl as the provider's own SDKs take it
/// @param region where it processes prompts; null: nobody states it
public record Provider(
        String name,
        String baseUrl,
        ProviderAccount account,
        ProviderDialect dialect,
        @Nullable String region) {

    public Provider {
        baseUrl = baseUrl.endsWith("/") ? baseUrl.substring(0, baseUrl.length() - 1) : baseUrl;
    }

    /// On the platform's account, in a region that nobody states.
    public Provider(String name, String baseUrl, String apiKey, ProviderDialect dialect) {
        this(name, baseUrl, ProviderAccount.ofPlatform(apiKey), dialect, null);
    }

    /// The same on a tenant's account. Of another address nobody states the region.
    ///
    /// @param address where the tenant says that it is reached; null: where it is
    public Provider with(ProviderAccount own, @Nullable String address) {
        return address == null
                ? new Provider(name, baseUrl, own, dialect, region)
                : new Provider(name, address, own, dialect, null);
    }

    /// Whose account it is; null: the platform's. What one tenant's account is refused says nothing about others.
    public @Nullable TenantId owner() {
        return account.owner();
    }

    /// For messages, for example `openai (own key)`.
    public String title() {
        return account.isTenants() ? name + " (own key)" : name;
    }

    /// The address of a path of the dialect. A version that the base URL already ends in is not repeated.
    String url(String path) {
        String version = path.substring(0, Math.max(0, path.indexOf('/', 1)));
        return !version.isEmpty() && baseUrl.endsWith(version)
                ? baseUrl + path.substring(version.length())
                : baseUrl + path;
    }

    @Override
    public String toString() {
        return "Provider[" + name + " at " + baseUrl + "]";
    }
}
