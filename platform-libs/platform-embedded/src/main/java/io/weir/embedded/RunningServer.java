package io.weir.embedded;

/// A server that has answered its first query.
interface RunningServer extends AutoCloseable {

    int port();

    /// Returns when the server has ended, asked or not.
    void awaitEnd() throws InterruptedException;

    /// Stops it in an orderly way. Idempotent.
    @Override
    void close();
}
