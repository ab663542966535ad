package io.weir.ledger;

/// Bytes on the ledger's topic that are no event we know; they belong on the dead-letter topic.
public final class MalformedUsageException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    MalformedUsageException(Exception cause) {
        super("not a usage event: " + cause.getMessage(), cause);
    }
}
