package io.weir.r2dbc;

import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.R2dbcNonTransientResourceException;
import io.r2dbc.spi.R2dbcTimeoutException;
import io.r2dbc.spi.R2dbcTransientException;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import org.jspecify.annotations.Nullable;

/// Tells a database that is away or overloaded, which is a 503, from a statement that is wrong, which is ours to mend.
///
/// Goes by SQLSTATE: the driver names a connection's loss, a raised exception and a full disk by the same class.
final class DatabaseFailure {

    private DatabaseFailure() {}

    /// The failure as callers are told it; the very one where it is not the database's absence.
    static Throwable translated(Throwable failure) {
        for (Throwable one = failure; one != null; one = one.getCause()) {
            if (one instanceof R2dbcException told) {
                return isBusy(told) ? busy(failure) : isAway(told) ? away(failure) : failure;
            }
        }
        return failure;
    }

    static PlatformException busy(Throwable cause) {
        return new PlatformException(
                ProblemType.SERVICE_UNAVAILABLE, "The database is busy. Try again in a moment.", cause);
    }

    static PlatformException away(Throwable cause) {
        return new PlatformException(
                ProblemType.SERVICE_UNAVAILABLE, "The database cannot be reached. Try again in a moment.", cause);
    }

    // 40: rolled back for another's sake; 53: out of connections, memory or disk; 55P03: a lock was not to be had;
    // 57014: statement or transaction timeout; 25P03: idle in a transaction for too long.
    private static boolean isBusy(R2dbcException failure) {
        String state = state(failure);
        return failure instanceof R2dbcTimeoutException
                || (state == null && failure instanceof R2dbcTransientException)
                || starts(state, "40", "53", "55P03", "57014", "25P03", "25P04");
    }

    // 08: the connection; 57P: ended by an administrator, a crash, or a server that starts; 58: the server's own disk.
    // Without a state it is the driver's own word on a connection that closed.
    private static boolean isAway(R2dbcException failure) {
        String state = state(failure);
        return (state == null && failure instanceof R2dbcNonTransientResourceException)
                || starts(state, "08", "57P", "58");
    }

    private static @Nullable String state(R2dbcException failure) {
        String state = failure.getSqlState();
        return state == null || state.isBlank() ? null : state;
    }

    private static boolean starts(@Nullable String state, String... classes) {
        if (state == null) {
            return false;
        }
        for (String one : classes) {
            if (state.startsWith(one)) {
                return true;
            }
        }
        return false;
    }
}
