package io.weir.orchestration.provider;

import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/// The providers that are set up, from `weir.providers.<name>.base-url` and `.api-key`. Models of others are not
/// offered.
public final class Providers {

    private final Map<String, Provider> byName;

    Providers(Map<String, Provider> byName) {
        this.byName = Map.copyOf(byName);
    }

    /// Reads the settings. Throws [IllegalStateException] when a base URL is missing.
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
    record Endpoint(String baseUrl, String apiKey) {

        Provider named(String name) {
            if (baseUrl == null || baseUrl.isBlank()) {
                throw new IllegalStateException("weir.providers." + name
                        + ".base-url is missing. Set it to the provider's URL, ending in /v1.");
            }
            return new Provider(name, baseUrl, apiKey == null ? "" : apiKey);
        }
    }
}
