package io.weir.local.state;

/// A variable that names no port.
public final class InvalidPortException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    InvalidPortException(String variable, String value) {
        super(variable + ": " + value
                + " (expected: a port from 1 to 65535; a service's management port is 10000 higher" + " unless "
                + variable + (variable.endsWith("_MANAGEMENT") ? "" : "_MANAGEMENT") + " is set)");
    }
}
