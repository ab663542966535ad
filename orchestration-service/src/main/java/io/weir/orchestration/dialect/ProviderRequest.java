package io.weir.orchestration.dialect;

/// A POST of JSON to a provider.
///
/// @param path below the provider's base URL, with the query if any
public record ProviderRequest(String path, byte[] body) {

    @Override
    public String toString() {
        return "ProviderRequest[" + path + ", " + body.length + " bytes]";
    }
}
