package io.weir.ledger;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/// How a request or one of its attempts ended.
public enum Outcome {
    /// The whole answer was delivered.
    COMPLETED,
    /// The client went away; what was produced until then is settled.
    CANCELLED,
    /// The provider failed; what it had produced until then is settled.
    FAILED,
    /// The answer reached its ceiling and was ended there.
    CUT_OFF,
    /// Settled later by a sweeper, for review.
    RECOVERED;

    @JsonValue
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
