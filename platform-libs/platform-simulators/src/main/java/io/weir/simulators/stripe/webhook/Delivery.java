package io.weir.simulators.stripe.webhook;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// One event on its way to one endpoint, as it stands after its last attempt.
///
/// @param copy 1; 2 for the second copy of a duplicated event
/// @param attempts made so far
/// @param status what the receiver answered last; null when it did not
/// @param failure why there was no answer; null when there was one
/// @param state whether it goes on
public record Delivery(
        String eventId,
        String type,
        String endpointId,
        String url,
        int copy,
        int attempts,
        @Nullable Integer status,
        @Nullable String failure,
        State state,
        Instant at) {

    /// Where a delivery stands.
    public enum State {
        /// Another attempt follows.
        PENDING,
        /// Answered 2xx.
        DELIVERED,
        /// Given up.
        FAILED
    }
}
