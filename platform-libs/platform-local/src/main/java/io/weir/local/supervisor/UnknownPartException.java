package io.weir.local.supervisor;

import java.util.List;

/// A name that no part has.
public final class UnknownPartException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    UnknownPartException(String name, List<String> known) {
        super("part: " + name + " (expected one of: " + String.join(", ", known) + ")");
    }
}
