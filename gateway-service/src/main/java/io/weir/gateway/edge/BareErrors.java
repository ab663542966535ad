package io.weir.gateway.edge;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.weir.gateway.call.RequestIds;
import io.weir.problem.ErrorBody;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import java.util.concurrent.ThreadLocalRandom;

/// Gives a body to errors that have none: those by which the server itself refuses a request that it cannot even read
/// (a malformed request line, headers that are too large), before any of our code has seen it. One per connection.
final class BareErrors extends ChannelDuplexHandler {

    private String path = "/v1";
    private boolean head;

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof HttpRequest request) {
            head = HttpMethod.HEAD.equals(request.method());
            // Netty calls a request that it cannot read "/bad-request"; most of ours are the API's.
            path = request.decoderResult().isFailure() && !request.uri().startsWith("/api") ? "/v1" : request.uri();
        }
        context.fireChannelRead(message);
    }

    // Who writes waits on the promise.
    @Override
    @SuppressWarnings("FutureReturnValueIgnored")
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        boolean bare = message instanceof FullHttpResponse response
                && response.status().code() >= 400
                && !response.content().isReadable()
                && !head;
        context.write(bare ? withBody((FullHttpResponse) message) : message, promise);
    }

    private FullHttpResponse withBody(FullHttpResponse bare) {
        String known = bare.headers().get("x-request-id");
        String requestId =
                known == null ? RequestIds.next(System.currentTimeMillis(), ThreadLocalRandom.current()) : known;
        ErrorBody body = ErrorBody.forPath(path, problem(bare.status().code()), requestId);
        ByteBuf content = Unpooled.wrappedBuffer(body.bytes());
        FullHttpResponse full = new DefaultFullHttpResponse(bare.protocolVersion(), bare.status(), content);
        full.headers().set(bare.headers());
        full.headers().set(HttpHeaderNames.CONTENT_TYPE, body.contentType());
        full.headers().set(HttpHeaderNames.CONTENT_LENGTH, body.bytes().length);
        full.headers().set("x-request-id", requestId);
        full.headers().set("x-should-retry", "false");
        bare.release();
        return full;
    }

    private static PlatformException problem(int status) {
        return switch (status) {
            case 413, 431 ->
                new PlatformException(
                        ProblemType.REQUEST_TOO_LARGE,
                        "The request's headers are too large. Send fewer or shorter ones.");
            case 414 -> new PlatformException(ProblemType.REQUEST_TOO_LARGE, "The request's URL is too long.");
            case 404 -> new PlatformException(ProblemType.NOT_FOUND, "There is no such path. See the API reference.");
            case 405 -> new PlatformException(ProblemType.METHOD_NOT_ALLOWED, "This path does not take that method.");
            default ->
                status >= 500
                        ? new PlatformException(
                                ProblemType.INTERNAL_ERROR, "Something went wrong on our side. Try again.")
                        : new PlatformException(
                                ProblemType.INVALID_REQUEST, "The request is not well-formed HTTP. Check its form.");
        };
    }
}
