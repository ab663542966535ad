package io.weir.orchestration.provider;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.timeout.ReadTimeoutHandler;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// Closes a connection that nothing was read from for so long. Where that is because nobody wanted to read, the failure
/// is an [UnreadAnswer].
final class IdleLimit extends ReadTimeoutHandler {

    IdleLimit(Duration limit) {
        super(limit.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    protected void readTimedOut(ChannelHandlerContext context) throws Exception {
        // Off while there is no demand.
        if (!context.channel().config().isAutoRead()) {
            context.fireExceptionCaught(new UnreadAnswer());
        }
        super.readTimedOut(context);
    }
}
