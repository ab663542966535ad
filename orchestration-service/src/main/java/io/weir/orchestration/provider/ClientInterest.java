package io.weir.orchestration.provider;

import io.netty.channel.Channel;
import io.netty.channel.socket.DuplexChannel;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import reactor.netty.Connection;
import reactor.netty.channel.ChannelOperations;

/// Whether anybody still waits for a provider's answer. Safe for use by many threads.
public final class ClientInterest {

    private volatile boolean lost;
    private volatile @Nullable Connection connection;

    private final AtomicReference<Runnable> whenLost = new AtomicReference<>(ClientInterest::nothing);

    /// Nobody waits any more; an attempt that runs may go on, none begins.
    public void lose() {
        lost = true;
        whenLost.getAndSet(ClientInterest::nothing).run();
    }

    /// What is to be done when nobody waits any more, in place of what was said before; at once where that is so.
    public void whenLost(Runnable run) {
        whenLost.set(run);
        if (lost) {
            whenLost.getAndSet(ClientInterest::nothing).run();
        }
    }

    public boolean isLost() {
        return lost;
    }

    /// Tells the provider that nobody listens any more, while what it has already written can still be read.
    public void withdraw() {
        lose();
        Connection current = connection;
        if (current != null) {
            stopSending(current);
        }
    }

    private static void nothing() {
        // nobody waits for it
    }

    void uses(Connection current) {
        connection = current;
    }

    // On the connection's own thread, which alone gives it back and hands it out: it must be this call's still, or
    // another
    // would lose its end. It serves nobody afterwards: the next who got it from the pool could not send.
    private static void stopSending(Connection connection) {
        Channel channel = connection.channel();
        // One that was given back is out of reach.
        if (channel.isRegistered()) {
            channel.eventLoop().execute(() -> {
                if (connection.equals(ChannelOperations.get(channel)) && channel instanceof DuplexChannel duplex) {
                    connection.markPersistent(false);
                    shutDown(duplex);
                }
            });
        }
    }

    // Whether it worked shows in what still comes.
    @SuppressWarnings("FutureReturnValueIgnored")
    private static void shutDown(DuplexChannel channel) {
        if (channel.isActive() && !channel.isOutputShutdown()) {
            channel.shutdownOutput();
        }
    }
}
