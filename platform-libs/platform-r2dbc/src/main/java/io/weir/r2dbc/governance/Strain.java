package io.weir.r2dbc.governance;

import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.R2dbcTimeoutException;
import org.jspecify.annotations.Nullable;
import reactor.pool.PoolAcquirePendingLimitException;

/// What the end of a tenant's transaction says about it. Only what burdens the database counts against the tenant:
/// a violated constraint or a wrong statement is its own business, and a server that is away is not its doing.
enum Strain {
    /// It answered, or failed in a way that cost nobody anything.
    NONE,
    /// A statement or a lock took until its timeout.
    STALLED,
    /// The pool or the server was out of connections or memory: everybody's trouble.
    EXHAUSTED,
    /// The server cannot be reached, or something else that says nothing of the tenant.
    FOREIGN;

    static Strain of(@Nullable Throwable failure) {
        if (failure == null) {
            return NONE;
        }
        for (Throwable one = failure; one != null; one = one.getCause()) {
            if (one instanceof PoolAcquirePendingLimitException) {
                return EXHAUSTED;
            }
            if (one instanceof R2dbcException told) {
                return of(told);
            }
        }
        return NONE;
    }

    // 57014: statement timeout; 55P03: lock timeout; 25P03 and 25P04: idle in a transaction, or in one for too long.
    // 53: out of connections, memory or disk. 08, 57P, 58: away.
    private static Strain of(R2dbcException failure) {
        String state = failure.getSqlState();
        if (state == null || state.isBlank()) {
            return failure instanceof R2dbcTimeoutException ? EXHAUSTED : FOREIGN;
        }
        if (state.equals("57014") || state.equals("55P03") || state.startsWith("25P0")) {
            return STALLED;
        }
        if (state.startsWith("53")) {
            return EXHAUSTED;
        }
        return state.startsWith("08") || state.startsWith("57P") || state.startsWith("58") ? FOREIGN : NONE;
    }
}
