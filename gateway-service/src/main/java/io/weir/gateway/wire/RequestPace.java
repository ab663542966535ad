package io.weir.gateway.wire;

import io.netty.channel.ChannelHandlerContext;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Ends a connection whose request comes too slowly: what is held for it would be held for as long as its sender
/// likes. Costs nothing for a request that is whole when it is first read. One per connection, in its event loop.
final class RequestPace {

    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(30);
    private static final long LEAST_BYTES = 1_024;

    private final HeadLimits limits;
    private @Nullable Future<?> timer;
    private boolean inHead;
    private long received;
    private long receivedBefore;
    private long bodyBegan;

    RequestPace(HeadLimits limits) {
        this.limits = limits;
    }

    /// Some bytes have come.
    void received(long bytes) {
        received += bytes;
    }

    /// All that has come up to now was read.
    ///
    /// @param head its head has begun and not ended
    /// @param body its head has ended, its body has not
    void read(ChannelHandlerContext context, boolean head, boolean body) {
        if (!head && !body) {
            stop();
        } else if (head && timer == null) {
            inHead = true;
            timer = after(context, limits.headTimeout(), () -> end(context));
        } else if (body && (timer == null || inHead)) {
            stop();
            inHead = false;
            bodyBegan = now(context);
            watchBody(context);
        }
    }

    private void watchBody(ChannelHandlerContext context) {
        receivedBefore = received;
        boolean soon = limits.bodyTimeout().compareTo(BETWEEN_LOOKS) < 0;
        timer = after(context, soon ? limits.bodyTimeout() : BETWEEN_LOOKS, () -> look(context));
    }

    private void look(ChannelHandlerContext context) {
        boolean slow = received - receivedBefore < LEAST_BYTES;
        if (slow || now(context) - bodyBegan >= limits.bodyTimeout().toNanos()) {
            end(context);
        } else {
            watchBody(context);
        }
    }

    private static long now(ChannelHandlerContext context) {
        return context.executor().ticker().nanoTime();
    }

    private static Future<?> after(ChannelHandlerContext context, Duration time, Runnable then) {
        return context.executor().schedule(then, time.toNanos(), TimeUnit.NANOSECONDS);
    }

    // Whoever waits for its answer is told by the closing; nobody knows how much of it was meant.
    @SuppressWarnings("FutureReturnValueIgnored")
    private static void end(ChannelHandlerContext context) {
        context.close();
    }

    /// Nothing of a request is awaited.
    void stop() {
        Future<?> running = timer;
        if (running != null) {
            running.cancel(false);
            timer = null;
        }
    }
}
