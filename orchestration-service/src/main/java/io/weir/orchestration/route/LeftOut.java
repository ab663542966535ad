package io.weir.orchestration.route;

/// A route that did not become a candidate.
///
/// @param why the wish that rules it out, for example `provider.ignore`, or what it cannot do
public record LeftOut(Route route, By by, String why) {

    /// What rules it out.
    public enum By {
        /// A setting of the tenant.
        TENANT,
        /// A wish of the request.
        REQUEST,
        /// What the model or its provider cannot do.
        MODEL
    }
}
