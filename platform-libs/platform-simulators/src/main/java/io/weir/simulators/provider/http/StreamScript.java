package io.weir.simulators.provider.http;

import io.weir.simulators.provider.ledger.TokenCounts;
import reactor.core.publisher.Flux;

/// A streamed answer as text on the wire.
///
/// @param opening what comes before anything that the client sees is generated
/// @param deltas what is generated, piece by piece, each made when it is due
/// @param closing what ends a whole answer
/// @param tokens counted before the first delta: the prompt, and what was thought
public record StreamScript(String opening, Flux<Delta> deltas, String closing, TokenCounts tokens) {

    /// One piece on the wire.
    ///
    /// @param tokens generated with it
    public record Delta(String text, int tokens) {

        /// A piece of one token.
        public static Delta one(String text) {
            return new Delta(text, 1);
        }
    }
}
