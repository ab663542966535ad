package io.weir.r2dbc.placement.move;

import io.weir.r2dbc.placement.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// Holds a tenant's writers up: a transaction at the source that alone has the lock which they share. Their time runs
/// from the moment when it was asked for. It ends with the transaction, also when this process dies.
final class Fence implements AutoCloseable {

    private static final String LOCK_NOT_AVAILABLE = "55P03";
    private static final String CANCELLED = "57014";

    private final Connection connection;
    private final Duration limit;
    private final long raised;

    private Fence(Connection connection, Duration limit, long raised) {
        this.connection = connection;
        this.limit = limit;
        this.raised = raised;
    }

    /// Waits for the writers that are at work, for at most half of the limit.
    /// Throws [FenceTooLongException] when that is not enough.
    ///
    /// @param connection of the mover to the source, whose owner the fence becomes
    static Fence raise(Connection connection, Move move, Duration limit) throws SQLException {
        try {
            connection.setAutoCommit(false);
            Jdbc.run(connection, "SET LOCAL lock_timeout = '" + limit.toMillis() / 2 + "ms'");
            long raised = System.nanoTime();
            Jdbc.list(
                    connection,
                    row -> "",
                    "SELECT pg_advisory_xact_lock(tenant.lock_key(?))",
                    move.tenant().value());
            return new Fence(connection, limit, raised);
        } catch (SQLException failed) {
            connection.close();
            if (LOCK_NOT_AVAILABLE.equals(failed.getSQLState())) {
                throw new FenceTooLongException(
                        "a transaction that writes did not end within " + limit.toMillis() / 2 + " ms", failed);
            }
            throw failed;
        }
    }

    /// The transaction that holds the lock. Ending it opens the fence.
    Connection connection() {
        return connection;
    }

    long millis() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - raised);
    }

    /// What is left of the limit. Throws [FenceTooLongException] when that is nothing.
    Duration left() {
        Duration left = limit.minusMillis(millis());
        if (!left.isPositive()) {
            throw new FenceTooLongException("writers would have waited longer than " + limit.toMillis() + " ms", null);
        }
        return left;
    }

    /// Statements on the connection fail when the fence has taken too long.
    void bound(Connection other) throws SQLException {
        Jdbc.run(other, "SET statement_timeout = '" + Math.max(1, left().toMillis()) + "ms'");
    }

    /// Statements on the connection may take their time again.
    static void unbound(Connection other) throws SQLException {
        Jdbc.run(other, "RESET statement_timeout");
    }

    /// The failure as one of the fence, where a statement was cut off by its limit.
    RuntimeException cutOff(SQLException failed) throws SQLException {
        if (CANCELLED.equals(failed.getSQLState())) {
            return new FenceTooLongException("comparing both sides takes longer than the fence may", failed);
        }
        throw failed;
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
