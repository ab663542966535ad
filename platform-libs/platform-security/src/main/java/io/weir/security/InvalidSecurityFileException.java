package io.weir.security;

import java.nio.file.Path;

/// A key or secret file that a setting names cannot be used. Ends a start; later it is logged.
public final class InvalidSecurityFileException extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    public InvalidSecurityFileException(String setting, Path file, Exception cause) {
        super(
                setting + ": " + file + " cannot be used (" + cause.getMessage() + "). Point it at a readable file.",
                cause);
    }
}
