package io.weir.gateway.wire;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.util.ArrayDeque;
import java.util.Queue;
import reactor.netty.NettyPipeline;

/// Puts our own reading of HTTP/1.1 in place of the server's.
public final class StrictHttp {

    private static final String AFTER_TLS = "weir.after-tls";
    private static final String HTTP2_PACE = "weir.http2-pace";
    private static final String ENCODER = "weir.http-encoder";
    private static final String BARE_ERRORS = "weir.bare-errors";

    private StrictHttp() {}

    /// To be called for each new connection, before it reads. HTTP/2 has no such ambiguities and is read as it is,
    /// at the same pace.
    public static void install(Channel channel, HeadLimits limits) {
        ChannelPipeline pipeline = channel.pipeline();
        if (pipeline.get(SslHandler.class) == null) {
            replace(pipeline, limits);
        } else {
            // The protocol is agreed on in the handshake, and the pipeline completed then.
            pipeline.addBefore(NettyPipeline.ReactiveBridge, AFTER_TLS, new AfterHandshake(limits));
        }
    }

    private static void replace(ChannelPipeline pipeline, HeadLimits limits) {
        if (pipeline.get(Http2FrameCodec.class) != null) {
            pipeline.addBefore(pipeline.context(Http2FrameCodec.class).name(), HTTP2_PACE, new Http2Pace(limits));
            return;
        }
        if (pipeline.get(NettyPipeline.HttpTrafficHandler) == null) {
            return;
        }
        Queue<HttpMethod> asked = new ArrayDeque<>();
        pipeline.replace(NettyPipeline.HttpCodec, NettyPipeline.HttpCodec, new StrictRequestDecoder(limits, asked));
        pipeline.addAfter(NettyPipeline.HttpCodec, ENCODER, new PairedResponseEncoder(asked));
        pipeline.addBefore(NettyPipeline.HttpTrafficHandler, BARE_ERRORS, new BareErrors());
    }

    private static final class AfterHandshake extends ChannelInboundHandlerAdapter {

        private final HeadLimits limits;

        AfterHandshake(HeadLimits limits) {
            this.limits = limits;
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event instanceof SslHandshakeCompletionEvent handshake) {
                context.pipeline().remove(this);
                if (handshake.isSuccess()) {
                    replace(context.pipeline(), limits);
                }
            }
            context.fireUserEventTriggered(event);
        }
    }
}
