package io.weir.r2dbc;

import io.r2dbc.spi.Batch;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.IsolationLevel;
import io.r2dbc.spi.Statement;
import io.r2dbc.spi.TransactionDefinition;
import java.time.Duration;
import java.util.regex.Pattern;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

/// A connection as the work inside a transaction sees it: it runs statements, and nothing that would open, end or
/// outlive the transaction. Statements die with it.
final class Lease extends DelegatingConnection {

    // Also a second statement behind a semicolon: values are bound, so a literal never needs one. And a comment in
    // front, behind which any of these could hide.
    private static final Pattern FORBIDDEN = Pattern.compile(
            "\\s*(?:begin|start|commit|end|rollback|abort|prepare|execute|deallocate|set|reset|discard|declare"
                    + "|fetch|move|close|listen|unlisten|notify|explain|lock|load|copy|do)\\b(?!\\s+to\\b).*|.*;\\s*\\S.*"
                    + "|\\s*(?:--|/\\*).*",
            Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    private final Connection connection;
    private volatile boolean ended;

    Lease(Connection connection) {
        super(connection);
        this.connection = connection;
    }

    void end() {
        ended = true;
    }

    void demandLive() {
        if (ended) {
            throw new IllegalStateException(
                    "The transaction of this statement has ended. Run statements inside the transaction's function.");
        }
    }

    @Override
    public Statement createStatement(String sql) {
        demandLive();
        if (FORBIDDEN.matcher(sql).matches()) {
            throw new IllegalArgumentException(
                    "transaction control and settings belong to the transaction itself: " + sql);
        }
        return new LeasedStatement(this, connection.createStatement(sql));
    }

    @Override
    public Batch createBatch() {
        throw notYours();
    }

    // The client that runs the work closes its connection after each statement; the transaction keeps it.
    @Override
    public Publisher<Void> close() {
        return Mono.empty();
    }

    @Override
    public Publisher<Void> beginTransaction() {
        return Mono.error(notYours());
    }

    @Override
    public Publisher<Void> beginTransaction(TransactionDefinition definition) {
        return Mono.error(notYours());
    }

    @Override
    public Publisher<Void> commitTransaction() {
        return Mono.error(notYours());
    }

    @Override
    public Publisher<Void> rollbackTransaction() {
        return Mono.error(notYours());
    }

    @Override
    public Publisher<Void> setAutoCommit(boolean autoCommit) {
        return Mono.error(notYours());
    }

    @Override
    public Publisher<Void> setLockWaitTimeout(Duration timeout) {
        return Mono.error(notYours());
    }

    @Override
    public Publisher<Void> setStatementTimeout(Duration timeout) {
        return Mono.error(notYours());
    }

    @Override
    public Publisher<Void> setTransactionIsolationLevel(IsolationLevel level) {
        return Mono.error(notYours());
    }

    private static IllegalStateException notYours() {
        return new IllegalStateException("the transaction's boundaries and settings are not its work's to change");
    }
}
