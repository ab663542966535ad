package io.weir.orchestration.provider;

import io.weir.orchestration.dialect.ProviderDialect;
import io.weir.orchestration.dialect.Regions;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/// The providers that are set up, from `weir.providers.<name>.base-url`, `.api-key`, `.prompt-cache-key`, `.region` and
/// `.dialect`, which is the name itself where it is that of a dialect. Models of others are not offered.
public final class Providers {

    // Others that speak its dialect may refuse what they do not know.
    private static final String OPENAI = "openai";

    private final Map<String, Provider> byName;

    Providers(Map<String, Provider> byName) {
        this.byName = Map.copyOf(byName);
    }

    /// Reads the settings. Throws [IllegalStateException] when a base URL is missing, or no dialect is known.
    public static Providers of(Environment environment) {
        Map<String, Endpoint> endpoints = Binder.get(environment)
                .bind("weir.providers", Bindable.mapOf(String.class, Endpoint.class))
                .orElse(Map.of());
        return new Providers(endpoints.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, entry -> entry.getValue().named(entry.getKey()))));
    }

    public Optional<Provider> find(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    /// Bound by name from the settings.
    record Endpoint(
            @Nullable String baseUrl,
            @Nullable String apiKey,
            @Nullable String dialect,
            @Nullable Boolean promptCacheKey,
            @Nullable String region) {

        Provider named(String name) {
            if (baseUrl == null || baseUrl.isBlank()) {
                throw new IllegalStateException("weir.providers." + name
                        + ".base-url is missing. Set it to the provider's URL, as its own SDKs take it.");
            }
            String key = apiKey == null ? "" : apiKey;
            boolean inParts = promptCacheKey == null ? name.equals(OPENAI) : promptCacheKey;
            ProviderAccount account =
                    inParts ? ProviderAccount.ofPlatformInParts(key) : ProviderAccount.ofPlatform(key);
            return new Provider(name, baseUrl, account, spoken(name), region(name));
        }

        private @Nullable String region(String name) {
            if (region == null || region.isBlank()) {
                return null;
            }
            if (!Regions.isName(region)) {
                throw new IllegalStateException("weir.providers." + name + ".region: '" + region
                        + "' (expected: a region such as eu or eu-central-1)");
            }
            return region;
        }

        private ProviderDialect spoken(String name) {
            String wanted = dialect == null || dialect.isBlank() ? name : dialect;
            return Dialects.find(wanted)
                    .orElseThrow(() -> new IllegalStateException("weir.providers." + name + ".dialect: '" + wanted
                            + "' (expected: one of " + Dialects.names() + ")"));
        }
    }
}
