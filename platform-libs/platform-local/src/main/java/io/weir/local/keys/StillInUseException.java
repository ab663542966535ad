package io.weir.local.keys;

/// A key that cannot be retired yet. The message says what depends on it and what to do.
public final class StillInUseException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    StillInUseException(String message) {
        super(message);
    }
}
