package io.weir.orchestration.idempotency;

import reactor.core.publisher.Mono;

/// Who runs under a key, and what came of it; the same for all instances. Every call ends within about a second, and
/// fails where nothing can be known.
interface Claims {

    /// What stood under the key when it was claimed.
    sealed interface Found {

        /// Nothing: the claim holds, until it is kept, marked or released, or its time is over.
        record Free() implements Found {}

        /// The same was asked by that request, which still runs.
        record Running(String requestId) implements Found {}

        /// Something else was asked under this key.
        record OtherRequest(String requestId) implements Found {}

        /// The same was asked by that request, which got this answer.
        record Answered(String requestId, KeptAnswer answer) implements Found {}

        /// The same was asked by that request, and its money was spent.
        record NotKept(String requestId, Reason why) implements Found {}
    }

    /// Why there is no answer to give again.
    enum Reason {
        TOO_LARGE,
        BROKEN,
        /// It was kept, and had to go for later ones of its tenant.
        CROWDED_OUT
    }

    /// Takes the key where nobody has it. Of many that claim it at once one gets it.
    Mono<Found> claim(Claim claim);

    /// Holds it for longer; false: somebody else has it.
    Mono<Boolean> renew(Claim claim);

    /// Ends it with an answer; false: somebody else has it.
    Mono<Boolean> keep(Claim claim, KeptAnswer answer);

    /// Ends it without an answer; false: somebody else has it.
    Mono<Boolean> mark(Claim claim, Reason why);

    /// Ends it as if it had never been.
    Mono<Void> release(Claim claim);
}
