package io.weir.analytics.neighbour.detection;

/// What tenants share, and so can take from one another: a model at a provider's account of the platform, or the
/// platform itself.
///
/// @param provider empty: the platform
/// @param model empty: the platform
public record SharedResource(String provider, String model) {

    /// The platform's own capacity.
    public static final SharedResource PLATFORM = new SharedResource("", "");

    /// `platform`, or `<provider>/<model>`.
    public String name() {
        return provider.isEmpty() ? "platform" : provider + "/" + model;
    }
}
