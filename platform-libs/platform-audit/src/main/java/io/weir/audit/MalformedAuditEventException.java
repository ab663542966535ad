package io.weir.audit;

/// Bytes that are no audit event. The cause says why.
public final class MalformedAuditEventException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    MalformedAuditEventException(Exception cause) {
        super("no audit event: " + cause.getMessage(), cause, false, false);
    }
}
