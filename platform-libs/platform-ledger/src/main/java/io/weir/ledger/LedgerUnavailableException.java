package io.weir.ledger;

import reactor.core.publisher.Mono;

/// The ledger did not acknowledge in time, so nothing may rely on the event being there. It may still arrive later.
public final class LedgerUnavailableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient Mono<Void> arrival;

    /// It will not arrive.
    LedgerUnavailableException(String message) {
        super(message, null, false, false);
        this.arrival = Mono.error(this);
    }

    /// It will not arrive.
    LedgerUnavailableException(String message, Throwable cause) {
        super(message, cause, false, false);
        this.arrival = Mono.error(this);
    }

    /// @param arrival completes when it is kept after all
    public LedgerUnavailableException(String message, Mono<Void> arrival) {
        super(message, null, false, false);
        this.arrival = arrival;
    }

    /// Completes when the event is kept after all, by the broker or by the file: on a thread of theirs, so go on
    /// elsewhere with anything slow. Fails when it never will be.
    public Mono<Void> arrival() {
        return arrival;
    }
}
