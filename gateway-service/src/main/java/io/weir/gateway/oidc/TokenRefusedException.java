package io.weir.gateway.oidc;

/// A token that does not hold. The message tells its bearer why, and names nothing that is secret.
final class TokenRefusedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    TokenRefusedException(String message) {
        super(message, null, false, false);
    }
}
