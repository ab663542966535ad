package io.weir.orchestration.inference;

import io.weir.orchestration.budget.Budgets.Reserved;
import io.weir.orchestration.route.Candidate;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/// Reads whole answers of one kind, and knows what they used.
public interface AnswerReader {

    /// An answer for the client.
    ///
    /// @param id the provider's own id of the answer; null: it has none
    record Whole(byte[] body, Usage usage, @Nullable String id) {

        @Override
        public String toString() {
            return "Whole[" + body.length + " bytes]";
        }
    }

    /// Empty when the bytes are no answer of that kind, so that they must not be passed on as one.
    Mono<Whole> read(byte[] body, Candidate candidate, Reserved reserved);

    /// What a call used whose answer cannot be read, as far as we can count it.
    Mono<Usage> measured(Candidate candidate, Reserved reserved);
}
