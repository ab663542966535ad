package io.weir.audit;

import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;

/// What a caller is told whose action could not be recorded, and was therefore not done.
public final class AuditFailure {

    private AuditFailure() {}

    /// A 503. A problem that is one already stays what it is.
    public static PlatformException of(Throwable cause) {
        return cause instanceof PlatformException known
                ? known
                : new PlatformException(
                        ProblemType.AUDIT_UNAVAILABLE,
                        "Nothing was changed: the action could not be recorded in the audit log. Try again in a moment.",
                        cause);
    }
}
