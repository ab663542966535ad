package io.weir.r2dbc.placement.move;

import org.jspecify.annotations.Nullable;

/// Writers would have waited for too long: they go on, and the fence is raised again later.
final class FenceTooLongException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    FenceTooLongException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
