package io.weir.gateway.oidc;

/// An issuer's keys could not be had, and were never had before.
final class KeysUnavailableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    KeysUnavailableException(String issuer) {
        super("the keys of " + issuer + " could never be fetched", null, false, false);
    }
}
