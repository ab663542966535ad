package io.weir.clickhouse;

import com.clickhouse.client.api.ServerException;

/// ClickHouse is away, was too slow, or refused a statement. The message may quote the statement: for logs only.
public final class ClickHouseException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private static final int TIMEOUT_EXCEEDED = 159;
    private static final int MEMORY_LIMIT_EXCEEDED = 241;

    ClickHouseException(String message, Throwable cause) {
        super(message, cause);
    }

    /// Whether the server gave up because the statement needs more time or memory than it may take.
    public boolean isTooMuch() {
        for (Throwable cause = getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof ServerException server
                    && (server.getCode() == TIMEOUT_EXCEEDED || server.getCode() == MEMORY_LIMIT_EXCEEDED)) {
                return true;
            }
        }
        return false;
    }
}
