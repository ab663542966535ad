package io.weir.clickhouse;

/// ClickHouse is away, was too slow, or refused a statement. The message may quote the statement: for logs only.
public final class ClickHouseException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    ClickHouseException(String message, Throwable cause) {
        super(message, cause);
    }
}
