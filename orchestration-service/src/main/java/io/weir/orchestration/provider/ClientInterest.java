package io.weir.orchestration.provider;

import io.netty.channel.socket.DuplexChannel;
import org.jspecify.annotations.Nullable;
import reactor.netty.Connection;

/// Whether anybody still waits for a provider's answer. Safe for use by many threads.
public final class ClientInterest {

    private volatile boolean lost;
    private volatile @Nullable Connection connection;

    /// Nobody waits any more; an attempt that runs may go on, none begins.
    public void lose() {
        lost = true;
    }

    public boolean isLost() {
        return lost;
    }

    /// Tells the provider that nobody listens any more, while what it has already written can still be read.
    public void withdraw() {
        lost = true;
        Connection current = connection;
        if (current != null) {
            stopSending(current);
        }
    }

    void uses(Connection current) {
        connection = current;
    }

    // Whether it worked shows in what still comes.
    @SuppressWarnings("FutureReturnValueIgnored")
    private static void stopSending(Connection connection) {
        if (connection.channel() instanceof DuplexChannel duplex && duplex.isActive() && !duplex.isOutputShutdown()) {
            duplex.shutdownOutput();
        }
    }
}
