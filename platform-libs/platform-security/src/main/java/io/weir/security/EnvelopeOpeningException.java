package io.weir.security;

/// A ciphertext that does not open: changed, moved to another tenant, purpose or row, or encrypted under a key
/// that is gone. Says nothing of what it holds.
public final class EnvelopeOpeningException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    EnvelopeOpeningException(String purpose, Exception cause) {
        super("a ciphertext of " + purpose + " does not open here", cause);
    }
}
