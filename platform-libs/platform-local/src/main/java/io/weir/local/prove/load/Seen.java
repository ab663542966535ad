package io.weir.local.prove.load;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// What a client saw of its call.
///
/// @param requestId null: no answer's head came
/// @param status 0: no answer's head came
/// @param code the problem's; null: no problem was answered
/// @param detail what the problem says; null where there is none
public record Seen(
        int customer,
        Result result,
        @Nullable String requestId,
        int status,
        @Nullable String code,
        @Nullable String detail,
        Instant sent,
        Instant ended) {

    /// How it ended for the client.
    public enum Result {
        /// The whole answer came.
        ANSWERED,
        /// The client left it.
        LEFT,
        /// Refused with a status of 400 to 499.
        REFUSED,
        /// Answered with a status of 500 and more, or within a stream that ends with an error.
        FAILED,
        /// The connection broke.
        BROKEN
    }

    public boolean exceedsBudget() {
        return status == 429 && "budget_exceeded".equals(code);
    }

    public boolean awaitsRecovery() {
        return status == 503 && "budget_recovering".equals(code);
    }
}
