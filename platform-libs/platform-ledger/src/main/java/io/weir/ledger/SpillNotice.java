package io.weir.ledger;

import reactor.core.publisher.Mono;

/// Told when a process's events are about to be in its write-ahead file alone, so that nobody takes the ledger for
/// complete as far as this process goes.
public interface SpillNotice {

    /// Before the first event counts as kept because it is in the file. Nothing counts until this completes; after a
    /// failure it is asked again.
    Mono<Void> begin();

    /// When the ledger has everything that was in the file; also once at the start, after what a process before left.
    Mono<Void> end();

    /// Nobody wants to know.
    SpillNotice NONE = new SpillNotice() {
        @Override
        public Mono<Void> begin() {
            return Mono.empty();
        }

        @Override
        public Mono<Void> end() {
            return Mono.empty();
        }
    };
}
