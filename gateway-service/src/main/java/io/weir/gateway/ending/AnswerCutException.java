package io.weir.gateway.ending;

import io.weir.problem.PlatformException;

/// An answer that had begun is to be cut, as its caller has no right to it any more: the connection ends, and nothing
/// more may be written.
public final class AnswerCutException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient PlatformException reason;

    AnswerCutException(PlatformException reason) {
        super("an answer was cut: " + reason.type().code(), reason, false, false);
        this.reason = reason;
    }

    /// Why the right to it ended.
    public PlatformException reason() {
        return reason;
    }
}
