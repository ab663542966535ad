package io.weir.gateway.wire;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2LocalFlowController;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// What [RequestPace] does, for HTTP/2: a head must come within its time, or its connection is closed, since nothing
/// else can come in between; a body must come within its own and not stand still, or its stream is reset, and the
/// others
/// go on. A sender that waits for us to read is not slow. Costs nothing for a request that is whole when it is first
/// read. One per connection, in its event loop, before the codec.
final class Http2Pace extends ChannelInboundHandlerAdapter implements Http2Frames.Reader {

    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(30);
    private static final long LEAST_BYTES = 1_024;
    private static final int MOST_KNOWN = 1_000;

    private final HeadLimits limits;
    private final Http2Frames frames = new Http2Frames(this);
    private final Map<Integer, Body> bodies = new HashMap<>();
    private final Queue<Body> begun = new ArrayDeque<>();
    private @Nullable Future<?> headTimer;
    private long headPlace;

    Http2Pace(HeadLimits limits) {
        this.limits = limits;
    }

    private static final class Body {

        private final int stream;
        private @Nullable Future<?> timer;
        private long began;
        private long received;
        private long receivedBefore;

        Body(int stream) {
            this.stream = stream;
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
        if (message instanceof ByteBuf bytes) {
            frames.look(bytes);
        }
        super.channelRead(context, message);
    }

    @Override
    public void head(int stream, boolean last) {
        if (last) {
            forget(stream);
        } else if (!bodies.containsKey(stream)) {
            Body body = new Body(stream);
            bodies.put(stream, body);
            begun.add(body);
        }
    }

    @Override
    public boolean data(int stream, int bytes, boolean last) {
        Body body = bodies.get(stream);
        if (body == null) {
            return false;
        }
        body.received += bytes;
        if (last) {
            forget(stream);
        }
        return true;
    }

    @Override
    public void reset(int stream) {
        forget(stream);
    }

    private void forget(int stream) {
        Body body = bodies.remove(stream);
        if (body != null) {
            cancel(body.timer);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) throws Exception {
        watchHead(context);
        for (Body body = begun.poll(); body != null; body = begun.poll()) {
            if (bodies.get(body.stream) == body) {
                body.began = now(context);
                watch(context, body);
            }
        }
        if (bodies.size() > MOST_KNOWN) {
            bodies.keySet().stream()
                    .filter(stream -> awaited(context, stream) == null)
                    .toList()
                    .forEach(this::forget);
        }
        super.channelReadComplete(context);
    }

    private void watchHead(ChannelHandlerContext context) {
        boolean within = frames.isWithin();
        if (headTimer != null && (!within || headPlace != frames.place())) {
            cancel(headTimer);
            headTimer = null;
        }
        if (within && headTimer == null) {
            headPlace = frames.place();
            headTimer = after(context, limits.headTimeout(), () -> end(context));
        }
    }

    private void watch(ChannelHandlerContext context, Body body) {
        body.receivedBefore = body.received;
        boolean soon = limits.bodyTimeout().compareTo(BETWEEN_LOOKS) < 0;
        body.timer = after(context, soon ? limits.bodyTimeout() : BETWEEN_LOOKS, () -> look(context, body));
    }

    private void look(ChannelHandlerContext context, Body body) {
        Http2Stream stream = awaited(context, body.stream);
        if (stream == null) {
            bodies.remove(body.stream, body);
            return;
        }
        boolean slow = body.received - body.receivedBefore < LEAST_BYTES && mayBeSent(context, stream);
        if (slow || now(context) - body.began >= limits.bodyTimeout().toNanos()) {
            reset(context, body);
        } else {
            watch(context, body);
        }
    }

    private static @Nullable Http2FrameCodec codec(ChannelHandlerContext context) {
        return context.pipeline().get(Http2FrameCodec.class);
    }

    // Null: it was answered and closed, or never opened.
    private static @Nullable Http2Stream awaited(ChannelHandlerContext context, int stream) {
        Http2FrameCodec codec = codec(context);
        Http2Stream found = codec == null ? null : codec.connection().stream(stream);
        return found != null && found.state().remoteSideOpen() ? found : null;
    }

    // Whether the sender has room for what counts as steady: where it has none, it is we who do not read.
    private static boolean mayBeSent(ChannelHandlerContext context, Http2Stream stream) {
        Http2FrameCodec codec = codec(context);
        if (codec == null) {
            return true;
        }
        Http2Connection connection = codec.connection();
        Http2LocalFlowController flow = connection.local().flowController();
        return Math.min(flow.windowSize(stream), flow.windowSize(connection.connectionStream())) >= LEAST_BYTES;
    }

    // What it has sent of a frame would never end: nothing else could come after it. Nobody waits for the rest.
    @SuppressWarnings("FutureReturnValueIgnored")
    private void reset(ChannelHandlerContext context, Body body) {
        bodies.remove(body.stream, body);
        ChannelPipeline pipeline = context.pipeline();
        Http2FrameCodec codec = codec(context);
        ChannelHandlerContext within = codec == null ? null : pipeline.context(codec);
        if (codec == null || within == null || frames.isWithinBody(body.stream)) {
            end(context);
        } else {
            codec.resetStream(within, body.stream, Http2Error.CANCEL.code(), within.newPromise());
            within.flush();
        }
    }

    private static long now(ChannelHandlerContext context) {
        return context.executor().ticker().nanoTime();
    }

    private static Future<?> after(ChannelHandlerContext context, Duration time, Runnable then) {
        return context.executor().schedule(then, time.toNanos(), TimeUnit.NANOSECONDS);
    }

    private static void cancel(@Nullable Future<?> timer) {
        if (timer != null) {
            timer.cancel(false);
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored")
    private static void end(ChannelHandlerContext context) {
        context.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) throws Exception {
        cancel(headTimer);
        bodies.values().forEach(body -> cancel(body.timer));
        bodies.clear();
        super.channelInactive(context);
    }
}
