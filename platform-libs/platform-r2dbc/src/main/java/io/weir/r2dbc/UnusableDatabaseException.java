package io.weir.r2dbc;

/// A service cannot start on its database: it is away, not set up, or would not keep tenants apart.
public final class UnusableDatabaseException extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    private final String action;

    UnusableDatabaseException(String what, String action) {
        super(what + " " + action);
        this.action = action;
    }

    UnusableDatabaseException(String what, String action, Exception cause) {
        super(what + " " + action, cause);
        this.action = action;
    }

    /// What to do about it.
    public String action() {
        return action;
    }
}
