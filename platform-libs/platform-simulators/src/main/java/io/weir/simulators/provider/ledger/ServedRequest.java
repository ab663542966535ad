package io.weir.simulators.provider.ledger;

import java.time.Duration;
import java.time.Instant;

/// One call as the provider saw it.
///
/// @param id the provider's request id, sent in a header of its answer
/// @param clientRequestId the caller's own id for the call, from `x-client-request-id`; empty when it sent none
/// @param completionId the id in the answer's body; empty when there was no such body
/// @param model the model that the client named; empty when it named none
/// @param status the status answered; 499 when the client left before any was
/// @param tokens none unless answered 2xx; of a broken stream only those handed to the connection
/// @param cancelled the client left before the answer was complete
/// @param cut the connection was dropped by an injected fault
public record ServedRequest(
        String id,
        String clientRequestId,
        String provider,
        String completionId,
        String model,
        int status,
        boolean stream,
        TokenCounts tokens,
        boolean cancelled,
        boolean cut,
        Instant at,
        Duration took) {

    boolean isAnswered() {
        return status >= 200 && status < 300;
    }
}
