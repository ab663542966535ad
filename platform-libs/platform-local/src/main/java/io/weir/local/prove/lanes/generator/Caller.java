package io.weir.local.prove.lanes.generator;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;

/// One connection in a closed loop: the next call is sent when the answer to the one before has ended.
// A write that fails closes its connection, which is seen.
@SuppressWarnings("FutureReturnValueIgnored")
final class Caller extends SimpleChannelInboundHandler<HttpObject> {

    private static final int TEXT_KEPT = 400;
    private static final int OK = 200;

    private final Stretch stretch;
    private final StampReader stamps = new StampReader();
    private final StringBuilder failure = new StringBuilder();

    private boolean underWay;
    private long sentAt;
    private long arrivedAt;
    private int status;
    private int frames;
    private int calls;
    private boolean last;

    Caller(Stretch stretch) {
        this.stretch = stretch;
    }

    /// Sends the first call, or the next one, if there is to be one. In the connection's event loop.
    void next(ChannelHandlerContext context) {
        if (!context.channel().isActive()) {
            return;
        }
        if (!stretch.goesOn(calls)) {
            context.close();
            return;
        }
        calls++;
        frames = 0;
        status = 0;
        failure.setLength(0);
        stamps.reset();
        underWay = true;
        sentAt = System.nanoTime();
        context.writeAndFlush(stretch.call(context.alloc()), context.voidPromise());
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        stretch.connected(this, context);
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, HttpObject part) {
        arrivedAt = System.nanoTime();
        if (part instanceof HttpResponse head) {
            status = head.status().code();
            last = !HttpUtil.isKeepAlive(head);
        }
        if (part instanceof HttpContent content) {
            if (status == OK) {
                stamps.read(content.content(), this::frame);
            } else if (failure.length() < TEXT_KEPT) {
                failure.append(content.content().toString(UTF_8));
            }
        }
        if (part instanceof LastHttpContent) {
            ended(context);
        }
    }

    private void frame(long stamp) {
        frames++;
        if (frames == 1) {
            stretch.firstFrame(sentAt, arrivedAt);
        } else {
            stretch.frame(stamp, arrivedAt);
        }
    }

    private void ended(ChannelHandlerContext context) {
        underWay = false;
        if (frames > 0) {
            stretch.streamEnded();
        }
        if (status != OK) {
            stretch.failed(status + " " + failure);
        } else if (frames < stretch.framesDue()) {
            stretch.failed(frames + " of " + stretch.framesDue() + " frames");
        } else {
            stretch.answered(sentAt, arrivedAt);
            goOn(context);
            return;
        }
        stretch.later(() -> goOn(context));
    }

    private void goOn(ChannelHandlerContext context) {
        if (last) {
            context.close();
        } else {
            next(context);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (underWay) {
            underWay = false;
            if (frames > 0) {
                stretch.streamEnded();
            }
            stretch.failed("the connection was closed in the midst of a call, after " + frames + " frames");
        }
        stretch.disconnected(calls);
    }

    // A call under way is counted as failed when the connection is gone.
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable broken) {
        context.close();
    }
}
