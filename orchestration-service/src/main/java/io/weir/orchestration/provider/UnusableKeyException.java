package io.weir.orchestration.provider;

/// A tenant's own key cannot be sent. Says nothing of the key.
public final class UnusableKeyException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final boolean gone;

    private UnusableKeyException(String message, boolean gone) {
        super(message, null, false, false);
        this.gone = gone;
    }

    /// The tenant deleted it, or now has it sent elsewhere.
    public static UnusableKeyException gone(String provider) {
        return new UnusableKeyException("the tenant's key for " + provider + " is gone", true);
    }

    /// It is there, and this instance cannot open it, or may not call its address.
    public static UnusableKeyException closed(String provider) {
        return new UnusableKeyException("the tenant's key for " + provider + " cannot be opened", false);
    }

    boolean isGone() {
        return gone;
    }
}
