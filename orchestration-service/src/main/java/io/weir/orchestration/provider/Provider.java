package io.weir.orchestration.provider;

import io.weir.orchestration.dialect.ProviderDialect;

/// A provider that is set up: its name in the price book, where it is reached, and what it speaks.
///
/// @param baseUrl as the provider's own SDKs take it
public record Provider(String name, String baseUrl, String apiKey, ProviderDialect dialect) {

    public Provider {
        baseUrl = baseUrl.endsWith("/") ? baseUrl.substring(0, baseUrl.length() - 1) : baseUrl;
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
