package io.weir.r2dbc.migration;

import java.util.List;

/// A migration failed at one target. It was rolled back there; those before it stay.
public final class MigrationFailedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String target;

    MigrationFailedException(MigrationTarget target, List<String> ran, Throwable cause) {
        super(
                "The migration of " + target.name() + " failed" + (ran.isEmpty() ? "" : " after " + ran) + ": "
                        + root(cause),
                cause);
        this.target = target.name();
    }

    /// The name of the place.
    public String target() {
        return target;
    }

    private static String root(Throwable cause) {
        Throwable root = cause;
        for (int depth = 0; root.getCause() != null && depth < 20; depth++) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage());
    }
}
