package io.weir.problem;

import org.jspecify.annotations.Nullable;

/// A failure that a caller is told about. The message says what happened, why, and what to do; it never holds a secret.
public final class PlatformException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final ProblemType type;
    private final @Nullable String param;

    public PlatformException(ProblemType type, String message) {
        this(type, message, null, null);
    }

    public PlatformException(ProblemType type, String message, Throwable cause) {
        this(type, message, null, cause);
    }

    private PlatformException(ProblemType type, String message, @Nullable String param, @Nullable Throwable cause) {
        // No stack trace without a cause: these are answers, made by the thousand under attack, not defects.
        super(message, cause, false, cause != null);
        this.type = type;
        this.param = param;
    }

    /// A 400 that names the field, as a JSON path without the leading `$.`, for example `messages[0].role`.
    public static PlatformException invalid(String param, String message) {
        return new PlatformException(ProblemType.INVALID_REQUEST, message, param, null);
    }

    /// Any problem that one field of the request caused.
    public static PlatformException of(ProblemType type, String param, String message) {
        return new PlatformException(type, message, param, null);
    }

    public ProblemType type() {
        return type;
    }

    /// The field at fault, where there is one.
    public @Nullable String param() {
        return param;
    }
}
