package io.weir.simulators.stripe.wire;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// One call as a resource sees it.
///
/// @param path without query, as `/v1/invoices/in_1`
/// @param parameters from the body of a POST, else from the query
/// @param idempotencyKey null without one; only ever set on a POST
public record StripeCall(
        String method,
        String path,
        Parameters parameters,
        String requestId,
        @Nullable String idempotencyKey) {

    /// The path's parts after `/v1`.
    public List<String> segments() {
        return List.of(path.substring("/v1/".length()).split("/"));
    }

    /// The part at the index.
    public String segment(int index) {
        return segments().get(index);
    }

    /// The refusal of a route that no resource has.
    public StripeException unknown() {
        return StripeException.unknownRoute(method, path);
    }
}
