package io.weir.orchestration.provider;

/// A provider that is set up: its name in the price book, and where it is reached.
///
/// @param baseUrl ends in `/v1`, as the SDKs' does
public record Provider(String name, String baseUrl, String apiKey) {

    public Provider {
        baseUrl = baseUrl.endsWith("/") ? baseUrl.substring(0, baseUrl.length() - 1) : baseUrl;
    }

    String chatUrl() {
        return baseUrl + "/chat/completions";
    }

    @Override
    public String toString() {
        return "Provider[" + name + " at " + baseUrl + "]";
    }
}
