package io.weir.r2dbc.governance;

import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/// One transaction's place: waiting, admitted, or done with. Its state is guarded by the lock of [FairShares].
final class Ticket {

    enum State {
        WAITING,
        ADMITTED,
        ENDED
    }

    final Share share;
    final PlanLimits limits;
    volatile State state = State.WAITING;
    long admittedAt;
    private final Sinks.Empty<Void> turn = Sinks.empty();

    Ticket(Share share, PlanLimits limits) {
        this.share = share;
        this.limits = limits;
    }

    /// Completes when it is this one's turn; fails with [PushedOutException] when it had to make room.
    Mono<Void> turn() {
        return turn.asMono();
    }

    void call() {
        turn.tryEmitEmpty();
    }

    void pushOut() {
        turn.tryEmitError(new PushedOutException());
    }

    /// The queue was full, and this tenant had most in it.
    static final class PushedOutException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        PushedOutException() {
            super("pushed out of the queue", null, false, false);
        }
    }
}
