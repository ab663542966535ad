package io.weir.ledger;

/// The ledger did not acknowledge in time, so nothing may rely on the event being there. It may still arrive later.
public final class LedgerUnavailableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    LedgerUnavailableException(String message) {
        super(message, null, false, false);
    }

    LedgerUnavailableException(String message, Throwable cause) {
        super(message, cause, false, false);
    }
}
