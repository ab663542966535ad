package io.weir.r2dbc.placement.move;

import org.jspecify.annotations.Nullable;

/// A move cannot go on as it is: repeating the step would fail again.
public final class MoveFailedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    MoveFailedException(String message) {
        this(message, null);
    }

    MoveFailedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
