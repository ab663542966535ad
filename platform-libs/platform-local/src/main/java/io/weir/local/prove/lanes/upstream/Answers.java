package io.weir.local.prove.lanes.upstream;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// Answers the calls of one connection, one at a time. Keeps the pace that was in force when the call came.
// A write that fails closes its connection, which is seen.
@SuppressWarnings("FutureReturnValueIgnored")
final class Answers extends SimpleChannelInboundHandler<FullHttpRequest> {

    private static final ByteBuf STREAM = needle("\"stream\":true");
    private static final ByteBuf WITH_USAGE = needle("\"include_usage\":true");

    private final Supplier<Pace> paces;

    Answers(Supplier<Pace> paces) {
        this.paces = paces;
    }

    private static ByteBuf needle(String text) {
        return Unpooled.unreleasableBuffer(Unpooled.wrappedBuffer(text.getBytes(UTF_8)));
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
        Pace pace = paces.get();
        boolean withUsage = holds(request.content(), WITH_USAGE);
        Runnable answer =
                holds(request.content(), STREAM) ? () -> stream(context, pace, withUsage) : () -> whole(context);
        if (pace.latencyMillis() == 0) {
            answer.run();
        } else {
            context.executor().schedule(answer, pace.latencyMillis(), TimeUnit.MILLISECONDS);
        }
    }

    // Duplicates: a search may move an index, and needles are shared by all threads.
    private static boolean holds(ByteBuf body, ByteBuf needle) {
        return ByteBufUtil.indexOf(needle.duplicate(), body.duplicate()) >= 0;
    }

    private static void whole(ChannelHandlerContext context) {
        ByteBuf body = Script.whole();
        FullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK, body);
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.APPLICATION_JSON)
                .setInt(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes());
        context.writeAndFlush(response, context.voidPromise());
    }

    // Head, role and the first frame go in one write, as with a provider that has its first token.
    private static void stream(ChannelHandlerContext context, Pace pace, boolean withUsage) {
        HttpResponse response = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, "text/event-stream; charset=utf-8")
                .set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
        context.write(response, context.voidPromise());
        context.write(new DefaultHttpContent(Script.role()), context.voidPromise());
        frames(context, pace, withUsage, 1, System.nanoTime());
    }

    private static void frames(ChannelHandlerContext context, Pace pace, boolean withUsage, int number, long began) {
        if (!context.channel().isActive()) {
            return;
        }
        context.write(new DefaultHttpContent(Script.frame()), context.voidPromise());
        if (number == pace.frames()) {
            context.writeAndFlush(new DefaultLastHttpContent(Script.end(withUsage)), context.voidPromise());
            return;
        }
        context.flush();
        long due = began + TimeUnit.MILLISECONDS.toNanos((long) pace.gapMillis() * number);
        context.executor()
                .schedule(
                        () -> frames(context, pace, withUsage, number + 1, began),
                        Math.max(0, due - System.nanoTime()),
                        TimeUnit.NANOSECONDS);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable broken) {
        context.close();
    }
}
