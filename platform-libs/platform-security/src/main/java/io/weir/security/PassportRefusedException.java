package io.weir.security;

/// A passport did not hold. The cause says why; a caller is told only that it was refused.
public final class PassportRefusedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    PassportRefusedException(Exception cause) {
        super("passport refused: " + cause.getMessage(), cause, false, false);
    }
}
