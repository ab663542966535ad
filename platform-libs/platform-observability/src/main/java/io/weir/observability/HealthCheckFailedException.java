package io.weir.observability;

/// A dependency does not work, in words that may be shown to anyone: no host names, no secrets.
public final class HealthCheckFailedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public HealthCheckFailedException(String publicReason) {
        super(publicReason, null, false, false);
    }
}
