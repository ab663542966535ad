package io.weir.ledger;

import java.time.Instant;
import java.util.Map;
import reactor.core.publisher.Mono;

/// Told when a process's events are about to be in its write-ahead file alone, so that nobody takes the ledger for
/// complete as far as this process goes.
public interface SpillNotice {

    /// Before the first event counts as kept because it is in the file. Nothing counts until this completes; after a
    /// failure it is asked again.
    Mono<Void> begin();

    /// When the ledger has everything that was in the file; also once at the start, after what a process before left.
    Mono<Void> end();

    /// When the ledger has everything that was in a file that a process of that name left.
    default Mono<Void> drained(String producer) {
        return Mono.empty();
    }

    /// Producers that have events in a file, and since when, by the clock of who is told.
    default Mono<Map<String, Instant>> spilling() {
        return Mono.just(Map.of());
    }

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
