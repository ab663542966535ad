package io.weir.r2dbc.migration;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/// Fills rows in the order of a key, some at a time, each batch in a transaction of its own. A governor makes batches
/// as large as they may be to end within their time, and rests as long as each took, so that it never has more than
/// half of one connection. Resumable: it begins after the key that it is given. Blocks.
///
/// @param <K> the key
public final class Backfill<K> {

    private static final int FIRST = 100;
    private static final int LEAST = 10;
    private static final int MOST = 20_000;
    private static final Duration LOCK_TIMEOUT = Duration.ofMillis(300);

    private final DataSource database;
    private final Duration batchTime;
    private final LongSupplier nanos;

    /// @param batchTime what a batch should take: rows are locked that long
    public Backfill(DataSource database, Duration batchTime) {
        this(database, batchTime, System::nanoTime);
    }

    Backfill(DataSource database, Duration batchTime, LongSupplier nanos) {
        this.database = database;
        this.batchTime = batchTime;
        this.nanos = nanos;
    }

    /// Fills the next rows.
    @FunctionalInterface
    public interface Batch<K> {

        /// At most that many rows with keys greater than `after`, in their order, in the connection's transaction.
        /// Answers the last key; null when there are no more. Repeating it must do no harm.
        @Nullable
        K fill(Connection connection, @Nullable K after, int rows) throws SQLException;
    }

    /// Runs batches until there are no more, or `paused` says so; answers the last key that was filled.
    ///
    /// @param after where a former run ended; null: from the beginning
    /// @param progress told each last key, after its commit
    public @Nullable K run(@Nullable K after, Batch<K> batch, Consumer<K> progress, BooleanSupplier paused)
            throws SQLException {
        K last = after;
        int rows = FIRST;
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            while (!paused.getAsBoolean()) {
                long began = nanos.getAsLong();
                K next = one(connection, batch, last, rows);
                if (next == null) {
                    return last;
                }
                last = next;
                progress.accept(next);
                long took = Math.max(1, nanos.getAsLong() - began);
                rows = governed(rows, took);
                LockSupport.parkNanos(took);
            }
        }
        return last;
    }

    private @Nullable K one(Connection connection, Batch<K> batch, @Nullable K after, int rows) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET LOCAL lock_timeout = '" + LOCK_TIMEOUT.toMillis() + "ms'");
            K next = batch.fill(connection, after, rows);
            connection.commit();
            return next;
        } catch (SQLException failed) {
            connection.rollback();
            throw failed;
        }
    }

    // At most twice as many as before: one quick batch says little of the next.
    int governed(int rows, long tookNanos) {
        double fitting = (double) rows * batchTime.toNanos() / tookNanos;
        return (int) Math.clamp(Math.min(fitting, rows * 2.0), LEAST, MOST);
    }
}
