package io.weir.orchestration.inference;

import io.weir.ledger.UsageEvent.Settled;

/// Listens to one call's answer, for whoever wants to know more of it than its client is told. Is told by one thread at
/// a time.
interface AnswerTap {

    /// Wants to know nothing.
    AnswerTap NOBODY = new AnswerTap() {};

    /// The tap of a call.
    static AnswerTap of(BookedCall call) {
        AnswerTap found = call.context().getOrDefault(AnswerTap.class, null);
        return found == null ? NOBODY : found;
    }

    /// What a cache did for the call, as its client is told it.
    default String cache() {
        return "none";
    }

    /// A whole answer, as chat completions have it.
    default void whole(byte[] completion) {}

    /// A stream begins, in place of an earlier one.
    default void begins() {}

    /// Whole frames of the stream, as chat completions have them; possibly none.
    default void chunks(byte[] frames) {}

    /// The books have it; before the client has the end of it.
    default void settled(Settled settled, Consumption consumption) {}
}
